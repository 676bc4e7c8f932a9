// SPDX-License-Identifier: Apache-2.0
import { BrokerService, type Grant } from "@assent/protocol";
import { DecisionKind } from "@assent/protocol/conformance";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type DurationSchema, durationMs } from "@bufbuild/protobuf/wkt";
import type { CallerProcess } from "../caller/caller-process.ts";
import { type CallStart, pathOf } from "../case/caller.ts";
import type { FixtureAccount } from "../case/fixture.ts";
import type { Control } from "../control/control.ts";
import type { BrokerProcess } from "../implementation/broker-process.ts";
import type { Answer } from "../wire/answer.ts";
import type { CallEnd, Model } from "./model.ts";

/** What a caller can be told that makes who asks, or what is asked, unknown to the model. */
const beyond: readonly (keyof CallerProcess)[] = [
  "connect",
  "command",
  "exec",
  "fork",
  "take",
  "pass",
  "threads",
  "hide",
  "user",
];

/**
 * A process whose case may go around what the model sees: from then on it does
 * not judge. Returns how to connect for what it does see.
 */
export function watchProcess(
  model: Model,
  process: CallerProcess,
): CallerProcess["connect"] {
  const { connect } = process;
  for (const name of beyond) {
    const does = process[name] as (...args: unknown[]) => unknown;
    Reflect.set(process, name, (...args: unknown[]) => {
      model.blind();
      return Reflect.apply(does, process, args);
    });
  }
  return (endpoint) => Reflect.apply(connect, process, [endpoint]);
}

/** The control service; the model is told what is done with it. */
export function watchControl(model: Model, control: Control): Control {
  const ends = (accountId = "") =>
    model.ending(accountId === "" ? {} : { account: accountId });
  return {
    ...control,
    async advanceClock(request = {}) {
      const { awake, suspended } = request;
      const done = model.advance(lengthOf(awake) + lengthOf(suspended));
      const answer = await control.advanceClock(request);
      done();
      return answer;
    },
    async lock(request = {}) {
      const done = ends(request.accountId);
      const answer = await control.lock(request);
      done();
      return answer;
    },
    async removeAccount(request = {}) {
      const done = ends(request.accountId);
      const answer = await control.removeAccount(request);
      done();
      return answer;
    },
    async revokeByUser(request = {}) {
      // Which one is not told by its id.
      const done = model.ending({}, false);
      const answer = await control.revokeByUser(request);
      done();
      return answer;
    },
    scriptDecisions(request = {}) {
      const approves = (request.rules ?? []).some(
        ({ decision }) => decision?.kind === DecisionKind.APPROVE,
      );
      if (approves) model.mayApprove();
      return control.scriptDecisions(request);
    },
    decide(request = {}) {
      if (request.decision?.kind === DecisionKind.APPROVE) model.mayApprove();
      return control.decide(request);
    },
    injectFault(request) {
      model.blind();
      return control.injectFault(request);
    },
  };
}

function lengthOf(
  duration: MessageInitShape<typeof DurationSchema> | undefined,
): number {
  const { seconds = 0n, nanos = 0 } = duration ?? {};
  return Number(seconds) * 1_000 + Math.floor(nanos / 1_000_000);
}

/** What a call is about; returns what is to be told of its answer. */
export function watchCalls(
  model: Model,
  broker: Pick<BrokerProcess, "pid" | "isRunning">,
  accounts: readonly FixtureAccount[],
): (call: CallStart) => (answer: Answer<unknown>) => void {
  const { pid } = broker;
  const { authorize, request, revoke } = BrokerService.method;
  const idOf = (named: string) =>
    accounts.find(({ id, name }) => named === id || named === name)?.id;
  return ({ caller, method, input }) => {
    const methods = [authorize, request, revoke].map(pathOf);
    if (!methods.includes(method)) return () => {};
    // Bytes may mean anything; what a broker knew before, another need not.
    if (
      input instanceof Uint8Array ||
      !broker.isRunning ||
      broker.pid !== pid
    ) {
      model.blind();
      return () => {};
    }
    const named = String((input as { account?: unknown }).account ?? "");
    const id = idOf(named);
    if (method === pathOf(revoke)) {
      // By a name that is unknown, it may mean an account that was chosen for it.
      const done = model.revoke(caller, id);
      return (answer) => {
        const isSure = id !== undefined || named === "";
        done(isSure ? endOf(answer) : { kind: "unknown" });
      };
    }
    if (method === pathOf(request)) {
      if (id === undefined) return () => {};
      const account = accounts.findIndex((one) => one.id === id) + 1;
      const what = `Request for acct${account} of process ${caller.process.pid}`;
      const done = model.request(caller, id, what);
      // An answer without a result gave nothing, whatever it was meant for.
      return (answer) =>
        done(isEmpty(answer) ? { kind: "unknown" } : endOf(answer));
    }
    const ends = accounts.map(
      (one) => [one.id, model.authorize(caller, one.id)] as const,
    );
    return (answer) => {
      const end = endOf(answer);
      const grant = grantOf(answer);
      for (const [account, done] of ends) {
        // An account that was not named may be any, until it is told.
        const granted =
          grant && (idOf(grant.accountId) ?? idOf(grant.accountName));
        const isMeant = (granted ?? id ?? account) === account;
        done(isMeant ? end : { kind: "refused" });
      }
    };
  };
}

function isEmpty(answer: Answer<unknown>): boolean {
  return (
    answer.kind === "served" &&
    (answer.message as { result?: unknown }).result === undefined
  );
}

function grantOf(answer: Answer<unknown>): Grant | undefined {
  return answer.kind === "served"
    ? (answer.message as { grant?: Grant }).grant
    : undefined;
}

function endOf(answer: Answer<unknown>): CallEnd {
  if (answer.kind === "broken") return { kind: "unknown" };
  if (answer.kind === "refused") {
    if (answer.code === "unauthenticated") return { kind: "unauthenticated" };
    const isLost = ["deadline_exceeded", "canceled", "unavailable"].includes(
      answer.code,
    );
    return { kind: isLost ? "unknown" : "refused" };
  }
  const grant = grantOf(answer);
  if (grant === undefined) return { kind: "served" };
  const { inactivityTimeout } = grant;
  return inactivityTimeout === undefined
    ? { kind: "unknown" }
    : { kind: "granted", inactivityMs: durationMs(inactivityTimeout) };
}
