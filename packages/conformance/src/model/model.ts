// SPDX-License-Identifier: Apache-2.0
import { Failure } from "../case/verdict.ts";

/** What is known of one grant: times of the case's own clock, from when to when it may have been. */
export interface ModelGrant {
  readonly inactivityMs: number;
  readonly approvedMs: Span;
  readonly activityMs: Span;
  /** Nothing has happened that may have ended it. */
  readonly isCertain: boolean;
}

/** From when to when something may have been, milliseconds. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** What a call came to, as far as authorizations go. */
export type CallEnd =
  | { readonly kind: "granted"; readonly inactivityMs: number }
  | { readonly kind: "served" }
  /** No live authorization, said the broker. */
  | { readonly kind: "unauthenticated" }
  /** Refused for another reason: whether it was activity is not told. */
  | { readonly kind: "refused" }
  /** Nobody knows what came of it. */
  | { readonly kind: "unknown" };

/**
 * (process, account) -> none, pending, or live since some activity: the oracle
 * that judges every answer of every case (SES-001, SES-008, EXP-001, LCK-001,
 * RVK-001, CHN-005). Where calls overlap it knows less, and says nothing.
 */
export interface Model {
  /** A call leaves; what is returned is told what came of it. */
  authorize(process: object, account: string): (end: CallEnd) => void;
  request(
    process: object,
    account: string,
    name: string,
  ): (end: CallEnd) => void;
  /** Undefined: all of its accounts. */
  revoke(process: object, account?: string): (end: CallEnd) => void;
  /** Something that may end authorizations begins; what is returned is told when it is done. */
  ending(
    which: { process?: object; account?: string },
    isCertain?: boolean,
  ): () => void;
  /** Time passes while this runs. */
  advance(ms: number): () => void;
  /** From now on the user may say yes. */
  mayApprove(): void;
  /** Something happened that the model cannot follow: it judges nothing any more. */
  blind(): void;
  /** @throws Failure of the first answer that no broker may give */
  check(): void;
}

const overallMs = 12 * 3_600_000;

interface State {
  grants: ModelGrant[];
  /** There may be one that nobody told of. */
  maybeMore: boolean;
}

/**
 * Nothing is granted. `passed`: the time that goes by of itself, of a broker
 * whose time is real; by default none but what is advanced.
 */
export function createModel(
  passed: () => Span = () => ({ least: 0, most: 0 }),
): Model {
  const states = new Map<object, Map<string, State>>();
  /** When each Authorize of a process left that is not answered. */
  const asking = new Map<object, Set<Span>>();
  const moved = { least: 0, most: 0 };
  const now = {
    get least() {
      return moved.least + passed().least;
    },
    get most() {
      return moved.most + passed().most;
    },
  };
  let asked = 0;
  let endings = 0;
  let approves = false;
  let isBlind = false;
  let found: Failure | undefined;

  const stateOf = (process: object, account: string): State => {
    const ofProcess = states.get(process) ?? new Map<string, State>();
    states.set(process, ofProcess);
    const state = ofProcess.get(account) ?? { grants: [], maybeMore: false };
    ofProcess.set(account, state);
    return state;
  };
  const askedBy = (process: object): Set<Span> => {
    const sent = asking.get(process) ?? new Set();
    asking.set(process, sent);
    return sent;
  };
  const isAsking = (process: object) => askedBy(process).size > 0;
  const mayLive = ({ grants, maybeMore }: State) =>
    maybeMore ||
    grants.some(
      ({ activityMs, approvedMs, inactivityMs }) =>
        now.least < activityMs.most + inactivityMs &&
        now.least < approvedMs.most + overallMs,
    );
  const mustLive = ({ grants }: State) =>
    grants.some(
      ({ activityMs, approvedMs, inactivityMs, isCertain }) =>
        isCertain &&
        now.most < activityMs.least + inactivityMs &&
        now.most < approvedMs.least + overallMs,
    );
  const matching = (which: { process?: object; account?: string }) =>
    [...states].flatMap(([process, accounts]) =>
      which.process !== undefined && which.process !== process
        ? []
        : [...accounts].flatMap(([account, state]) =>
            which.account !== undefined && which.account !== account
              ? []
              : [{ process, state }],
          ),
    );

  const model: Model = {
    authorize(process, account) {
      const sent = { ...now };
      askedBy(process).add(sent);
      asked += 1;
      const endingsBefore = endings;
      return (end) => {
        askedBy(process).delete(sent);
        const state = stateOf(process, account);
        if (end.kind === "unknown") state.maybeMore ||= approves;
        if (end.kind !== "granted") return;
        const { inactivityMs } = end;
        // It may be new, or the one there was when it was asked for, which is
        // not extended by it; or what another made that is not answered yet.
        const before = state.grants.filter(
          (grant) => sent.least < grant.activityMs.most + grant.inactivityMs,
        );
        const first = Math.min(
          sent.least,
          ...[...askedBy(process)].map((other) => other.least),
        );
        const least = Math.min(
          first,
          ...before.map(({ activityMs }) => activityMs.least),
        );
        const span = { least: sent.least, most: now.most };
        state.grants.push({
          inactivityMs,
          approvedMs: {
            ...span,
            least: Math.min(
              first,
              ...before.map(({ approvedMs }) => approvedMs.least),
            ),
          },
          activityMs: { ...span, least },
          isCertain: endings === endingsBefore,
        });
      };
    },
    request(process, account, name) {
      const state = stateOf(process, account);
      const askedBefore = asked;
      const endingsBefore = endings;
      const wasAsking = isAsking(process);
      const couldLive = mayLive(state);
      const hadToLive = mustLive(state);
      const sent = { ...now };
      return (end) => {
        const isClear = !isBlind && !wasAsking && asked === askedBefore;
        const judge = (got: string, expected: string) => {
          found ??= new Failure(`${name} (the model)`, expected, got);
        };
        if (end.kind === "served") {
          if (isClear && !couldLive && !mayLive(state)) {
            judge("served", "refused: there is no live authorization");
          }
          // With several grants it is not told which of them was used.
          const isOne = state.grants.length === 1;
          state.grants = state.grants.map((grant) => ({
            ...grant,
            activityMs: {
              least: isOne
                ? Math.max(grant.activityMs.least, sent.least)
                : grant.activityMs.least,
              most: now.most,
            },
          }));
        } else if (end.kind === "unauthenticated") {
          const stood = hadToLive && mustLive(state);
          if (isClear && endings === endingsBefore && stood) {
            judge("unauthenticated", "not that: the authorization is live");
          }
          // What has ended never comes back (EXP-008).
          if (isClear) Object.assign(state, { grants: [], maybeMore: false });
        } else {
          state.grants = state.grants.map((grant) => ({
            ...grant,
            activityMs: { ...grant.activityMs, most: now.most },
          }));
        }
      };
    },
    revoke(process, account) {
      const done = model.ending({
        process,
        ...(account === undefined ? {} : { account }),
      });
      return (end) => {
        if (end.kind === "served") done();
      };
    },
    ending(which, isCertain = true) {
      endings += 1;
      const askedBefore = asked;
      for (const { state } of matching(which)) {
        state.grants = state.grants.map((grant) => ({
          ...grant,
          isCertain: false,
        }));
      }
      return () => {
        endings += 1;
        if (!isCertain) return;
        for (const { process, state } of matching(which)) {
          // What was asked meanwhile may have been granted after it.
          if (isAsking(process) || asked !== askedBefore) continue;
          Object.assign(state, { grants: [], maybeMore: false });
        }
      };
    },
    advance(ms) {
      moved.most += ms;
      return () => {
        moved.least += ms;
      };
    },
    mayApprove() {
      approves = true;
    },
    blind() {
      isBlind = true;
    },
    check() {
      if (found !== undefined) throw found;
    },
  };
  return model;
}
