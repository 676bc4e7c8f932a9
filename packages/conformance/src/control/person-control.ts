// SPDX-License-Identifier: Apache-2.0
import {
  DecisionKind,
  type DecisionRuleSchema,
  type DecisionSchema,
  ListPromptsResponseSchema,
  type Prompt,
  PromptSchema,
  PromptState,
  type SeedRequestSchema,
  UnlockMethod,
} from "@assent/protocol/conformance";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { NotRun } from "../case/verdict.ts";
import type { BrokerProcess } from "../implementation/broker-process.ts";
import type { Control } from "./control.ts";
import { hookControl } from "./hook-control.ts";

/** Somebody who reads what is told and types what is asked. */
export interface Person {
  tell(text: string): void;
  /** What was typed, without spaces around it; undefined: nobody answers any more. */
  ask(question: string): Promise<string | undefined>;
  /** Nothing more is asked. */
  leave(): void;
}

type Decision = MessageInitShape<typeof DecisionSchema>;
type Rule = MessageInitShape<typeof DecisionRuleSchema>;

const ends: Readonly<Record<string, PromptState>> = {
  a: PromptState.APPROVED,
  d: PromptState.DENIED,
  t: PromptState.TIMED_OUT,
  w: PromptState.WITHDRAWN,
  l: PromptState.DISMISSED_BY_LOCK,
};

/**
 * A control service made of a person: who is told what to decide, and asked
 * what the broker shows. What a person cannot do makes a case not run.
 */
export function personControl(broker: BrokerProcess, person: Person): Control {
  const base = hookControl(broker, {});
  let accounts: NonNullable<
    MessageInitShape<typeof SeedRequestSchema>["accounts"]
  > = [];
  let rules: readonly Rule[] = [];
  let prompts: Prompt[] = [];

  async function ask(question: string): Promise<string> {
    const answer = await person.ask(`  ? ${question}`);
    if (answer === undefined) throw new NotRun("somebody who answers");
    return answer;
  }
  const number = async (question: string): Promise<number> => {
    for (;;) {
      const answer = await ask(question);
      if (/^\d{1,9}$/.test(answer)) return Number(answer);
      person.tell("  It has to be a number.");
    }
  };

  /** @throws NotRun when it is more than a person is asked to do */
  function words({ kind, unlockMethod, accountId, ...more }: Decision): string {
    if (
      more.scope ||
      more.inactivityTimeout ||
      kind === DecisionKind.DISMISS ||
      unlockMethod === UnlockMethod.NONE
    ) {
      throw new NotRun(
        "a control service (a person approves and denies, no more)",
      );
    }
    if (kind !== DecisionKind.APPROVE) return "deny it";
    const proofs = accounts
      .filter((one) => !accountId || one.accountId === accountId)
      .map(({ displayName, credential }) =>
        unlockMethod === UnlockMethod.FAIL
          ? `${displayName} with a password that is wrong`
          : `${displayName} with the password ${credential}`,
      );
    return `approve it: ${proofs.join(", or ")}`;
  }

  async function done(what: string): Promise<boolean> {
    const answer = await ask(
      `${what}. Then press Enter (n: it cannot be done)`,
    );
    return answer.toLowerCase() !== "n";
  }

  const built = {
    async seed(request: MessageInitShape<typeof SeedRequestSchema> = {}) {
      rules = [];
      prompts = [];
      const seeded = await base.seed(request);
      accounts = (request.accounts ?? []).map((one) => ({
        ...one,
        accountId: one.displayName ?? "",
      }));
      person.tell(
        `\n  A new case. HOME=${broker.home} ASSENT_ENDPOINT=${broker.endpoint}`,
      );
      return seeded;
    },
    async scriptDecisions({ rules: given = [] }: { rules?: Rule[] } = {}) {
      rules = given;
      for (const { pid, decision = {} } of rules) {
        if (decision.kind === DecisionKind.IGNORE) continue;
        const who = pid ? `process ${pid}` : "a process";
        person.tell(`  → When ${who} is asked for, ${words(decision)}.`);
      }
    },
    async decide({
      promptId = "",
      decision = {},
    }: {
      promptId?: string;
      decision?: Decision;
    } = {}) {
      const prompt = prompts.find((one) => one.promptId === promptId);
      const who = prompt?.pid ? `of process ${prompt.pid}` : "that is shown";
      const tookEffect = await done(`The prompt ${who}: ${words(decision)}`);
      if (prompt !== undefined && tookEffect) {
        prompt.state = stateAfter(decision);
      }
      return { tookEffect };
    },
    async listPrompts() {
      const shown = await number(
        "How many prompts has the broker shown since this case began?",
      );
      const open =
        shown === 0 ? 0 : await number("How many of them are shown now?");
      while (prompts.length < shown) {
        const pid = await number(
          `Which process id does prompt ${prompts.length + 1} name (0: none)?`,
        );
        const promptId = String(prompts.length + 1);
        const state = PromptState.PENDING;
        prompts.push(create(PromptSchema, { promptId, pid, state }));
      }
      // Older ones end first, as far as nothing else is known.
      let over = prompts.length - open;
      over -= prompts.filter(
        ({ state }) => state !== PromptState.PENDING,
      ).length;
      for (const prompt of prompts) {
        if (over <= 0 || prompt.state !== PromptState.PENDING) continue;
        prompt.state = await whatBecameOf(prompt);
        over -= 1;
      }
      const isPending = ({ state }: Prompt) => state === PromptState.PENDING;
      return create(ListPromptsResponseSchema, {
        prompts: [
          ...prompts.filter(isPending),
          ...prompts.filter((one) => !isPending(one)),
        ],
      });
    },
    lock: async ({ accountId = "" } = {}) => await turn("Lock", accountId),
    unlock: async ({ accountId = "" } = {}) => await turn("Unlock", accountId),
    close() {
      person.leave();
      base.close();
    },
  };

  async function whatBecameOf({ pid, promptId }: Prompt): Promise<PromptState> {
    const rule = rules.find((one) => !one.pid || one.pid === pid);
    const { kind } = rule?.decision ?? {};
    if (kind === DecisionKind.APPROVE || kind === DecisionKind.DENY) {
      return stateAfter(rule?.decision ?? {});
    }
    for (;;) {
      const answer = await ask(
        `What became of prompt ${promptId}: (a)pproved, (d)enied, (t)imed out, (w)ithdrawn, taken away by the (l)ock?`,
      );
      const state = ends[answer.charAt(0).toLowerCase()];
      if (state !== undefined) return state;
    }
  }

  async function turn(verb: string, accountId: string): Promise<void> {
    const one = accounts.find((each) => each.accountId === accountId);
    const what = one?.displayName ?? "every account";
    const proof =
      verb === "Unlock" && one ? ` with the password ${one.credential}` : "";
    if (!(await done(`${verb} ${what}${proof}`))) {
      throw new NotRun(`a way to ${verb.toLowerCase()} ${what}`);
    }
  }

  return { ...base, ...built } as unknown as Control;
}

function stateAfter({ kind }: Decision): PromptState {
  return kind === DecisionKind.APPROVE
    ? PromptState.APPROVED
    : PromptState.DENIED;
}
