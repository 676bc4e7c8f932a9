// SPDX-License-Identifier: Apache-2.0
import { PromptState } from "@assent/protocol/conformance";
import { expect, test } from "vitest";
import { NotRun } from "../case/verdict.ts";
import { createHookPrompt } from "./hook-prompt.ts";

test("what no line tells of a prompt makes a case that looks at it not run", () => {
  const { prompt } = createHookPrompt({ prompt: "p", pid: 7 }, "a");
  expect([prompt.promptId, prompt.pid, prompt.accountId]).toEqual([
    "p",
    7,
    "a",
  ]);
  for (const name of ["waiters", "shownScope", "shownText"] as const) {
    expect(() => prompt[name]).toThrow(NotRun);
    expect(() => prompt[name]).toThrow(name);
  }
});

test("a prompt is as its lines tell, and does not come back", () => {
  const shown = { scope: "read all", text: "read all, says p" };
  const first = { prompt: "p", shown, waiters: 1 };
  const { prompt, update } = createHookPrompt(first, "");
  expect([prompt.shownScope, prompt.waiters]).toEqual(["read all", 1]);
  update({ prompt: "p", waiters: 3 });
  expect([prompt.state, prompt.waiters]).toEqual([PromptState.PENDING, 3]);
  update({ prompt: "p", state: "withdrawn" });
  update({ prompt: "p", waiters: 3 });
  expect(prompt.state).toBe(PromptState.WITHDRAWN);
  // A broker that approves what was withdrawn is seen doing it.
  update({ prompt: "p", state: "approved" });
  expect(prompt.state).toBe(PromptState.APPROVED);
});
