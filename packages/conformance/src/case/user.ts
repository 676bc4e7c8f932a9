// SPDX-License-Identifier: Apache-2.0
import {
  DecisionKind,
  type DecisionSchema,
  type Prompt,
  PromptState,
  PromptStateSchema,
  UnlockMethod,
} from "@assent/protocol/conformance";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Control } from "../control/control.ts";
import { type ScopeTerms, scopeOf } from "./caller.ts";
import { Failure } from "./verdict.ts";

/** What the user does with a prompt. */
export interface Choice {
  readonly kind: "approve" | "deny" | "dismiss" | "ignore";
  /** By default the right credential. */
  readonly proof?: "right" | "wrong" | "none";
  readonly scope?: ScopeTerms;
  readonly inactivityMs?: number;
  /** Id of the account, when the prompt leaves it open. */
  readonly account?: string;
}

/** The user of a case: what is on screen, and what is done with it. */
export interface User {
  /** From now on each prompt that comes is decided so. */
  decides(choice: Choice | Choice["kind"]): Promise<void>;
  /** From now on, each one by who asks. */
  decidesFor(
    rules: readonly { readonly pid: number; readonly choice: Choice }[],
  ): Promise<void>;
  /** One prompt, now. Whether that took effect. */
  decide(prompt: Prompt, choice: Choice | Choice["kind"]): Promise<boolean>;
  /** Every prompt since the case began, pending first. */
  prompts(): Promise<readonly Prompt[]>;
  /** Waits until so many are pending; fails when they do not come. */
  pending(count?: number): Promise<readonly [Prompt, ...Prompt[]]>;
  /** Waits until so many calls wait for one prompt; fails when they do not come. */
  waiting(calls: number): Promise<Prompt>;
  /** Waits until a prompt is no longer pending; what became of it. */
  ended(prompt: Prompt): Promise<PromptState>;
}

const waitMs = 10_000;

/** The user, over the control service. */
export function createUser(control: Control): User {
  async function until(
    what: string,
    holds: (prompts: readonly Prompt[]) => boolean,
  ): Promise<readonly Prompt[]> {
    const deadline = performance.now() + waitMs;
    let seen = await control.listPrompts({});
    while (!holds(seen.prompts)) {
      if (performance.now() > deadline) {
        const states = seen.prompts.map(
          ({ state }) => PromptStateSchema.value[state]?.localName ?? state,
        );
        throw new Failure(what, "to come", `prompts: ${states.join(", ")}`);
      }
      seen = await control.listPrompts({
        afterSeq: seen.seq,
        wait: durationFromMs(1_000),
      });
    }
    return seen.prompts;
  }
  return {
    async decides(choice) {
      await control.scriptDecisions({
        rules: [{ decision: decisionOf(choice) }],
      });
    },
    async decidesFor(rules) {
      await control.scriptDecisions({
        rules: rules.map(({ pid, choice }) => ({
          pid,
          decision: decisionOf(choice),
        })),
      });
    },
    async decide({ promptId }, choice) {
      const decision = decisionOf(choice);
      return (await control.decide({ promptId, decision })).tookEffect;
    },
    prompts: async () => (await control.listPrompts({})).prompts,
    async pending(count = 1) {
      const isPending = ({ state }: Prompt) => state === PromptState.PENDING;
      const prompts = await until(
        `${count} pending`,
        (all) => all.filter(isPending).length >= count,
      );
      const [first, ...others] = prompts.filter(isPending);
      if (first === undefined) throw new Failure("pending", "one", "none");
      return [first, ...others];
    },
    async waiting(calls) {
      const isIt = ({ state, waiters }: Prompt) =>
        state === PromptState.PENDING && waiters === calls;
      const prompts = await until(`${calls} calls of one prompt`, (all) =>
        all.some(isIt),
      );
      const found = prompts.find(isIt);
      if (found === undefined) throw new Failure("waiting", "one", "none");
      return found;
    },
    async ended({ promptId }) {
      const find = (all: readonly Prompt[]) =>
        all.find((one) => one.promptId === promptId);
      const over = (prompt: Prompt | undefined) =>
        prompt !== undefined && prompt.state !== PromptState.PENDING;
      const prompts = await until("the end of a prompt", (all) =>
        over(find(all)),
      );
      return find(prompts)?.state ?? PromptState.UNSPECIFIED;
    },
  };
}

const kinds = {
  approve: DecisionKind.APPROVE,
  deny: DecisionKind.DENY,
  dismiss: DecisionKind.DISMISS,
  ignore: DecisionKind.IGNORE,
} as const;
const proofs = {
  right: UnlockMethod.PASS,
  wrong: UnlockMethod.FAIL,
  none: UnlockMethod.NONE,
} as const;

function decisionOf(
  choice: Choice | Choice["kind"],
): MessageInitShape<typeof DecisionSchema> {
  const {
    kind,
    proof = "right",
    scope,
    inactivityMs,
    account,
  } = typeof choice === "string" ? { kind: choice } : choice;
  return {
    kind: kinds[kind],
    unlockMethod: proofs[proof],
    ...(scope === undefined ? {} : { scope: scopeOf(scope) }),
    ...(inactivityMs === undefined
      ? {}
      : { inactivityTimeout: durationFromMs(inactivityMs) }),
    ...(account === undefined ? {} : { accountId: account }),
  };
}
