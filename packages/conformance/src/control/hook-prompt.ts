// SPDX-License-Identifier: Apache-2.0
import {
  type Prompt,
  PromptSchema,
  PromptState,
} from "@assent/protocol/conformance";
import { create } from "@bufbuild/protobuf";
import { NotRun } from "../case/verdict.ts";
import type { PromptLine } from "./surface-command.ts";

/** How a line writes what became of a prompt. */
export const lineStates: Readonly<
  Record<NonNullable<PromptLine["state"]>, PromptState>
> = {
  pending: PromptState.PENDING,
  approved: PromptState.APPROVED,
  denied: PromptState.DENIED,
  "timed-out": PromptState.TIMED_OUT,
  withdrawn: PromptState.WITHDRAWN,
  locked: PromptState.DISMISSED_BY_LOCK,
};

/** A prompt as lines tell it. */
export interface HookPrompt {
  /** As a control service would list it; what no line told makes a case that looks at it not run. */
  readonly prompt: Prompt;
  /** The newest line about it. */
  update(line: PromptLine): void;
  /** Which changes to wait for. */
  readonly shape: string;
}

/** A prompt that came by this line, of this account (empty: the user has to choose). */
export function createHookPrompt(
  first: PromptLine,
  accountId: string,
): HookPrompt {
  let { waiters } = first;
  const { pid, shown = {} } = first;
  const prompt = create(PromptSchema, {
    promptId: first.prompt,
    state: lineStates[first.state ?? "pending"],
    accountId,
  });
  const facts = {
    pid: () => pid,
    waiters: () => waiters,
    shownAccount: () => shown.account,
    shownProcessName: () => shown.name,
    shownProcessPath: () => shown.path,
    shownScope: () => shown.scope,
    shownDuration: () => shown.duration,
    shownText: () => shown.text,
    shownChoices: () => shown.choices,
  };
  for (const [name, told] of Object.entries(facts)) {
    Object.defineProperty(prompt, name, {
      enumerable: true,
      get() {
        const value = told();
        if (value !== undefined) return value;
        throw new NotRun(`${name} of prompts (lines of --on-prompt tell it)`);
      },
    });
  }
  return {
    prompt,
    update(line) {
      // What has ended does not come back; that it ended otherwise is told.
      const { state = "pending" } = line;
      if (state !== "pending") prompt.state = lineStates[state];
      waiters = line.waiters ?? waiters;
    },
    get shape() {
      return `${prompt.promptId} ${prompt.state} ${waiters}`;
    },
  };
}
