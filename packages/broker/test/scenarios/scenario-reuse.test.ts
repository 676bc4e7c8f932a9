// SPDX-License-Identifier: Apache-2.0
// Process ids that are used again, in a PID namespace where they can be chosen.
// Rows A1 and A2.
import { Warning } from "@assent/protocol/owner";
import { describe, expect, vi } from "vitest";
import { testWhen, works } from "../../src/peer/processes.fixture.ts";
import { observe, ownRoom } from "./laboratory-run.ts";
import type { Kernel } from "./scene.ts";

// Many processes in turn: on a machine that is busy they take their time.
vi.setConfig({ testTimeout: 90_000 });

const [unshare = "", ...namespaces] = ownRoom;
const it = testWhen(
  works("gcc", "--version") && works(unshare, ...namespaces, "true"),
  "a C compiler (apt-get install gcc) and user namespaces (sysctl kernel.unprivileged_userns_clone=1, or root)",
);
const kernels: readonly Kernel[] = ["now", "before 6.5"];

describe.each(kernels)("on a kernel of %s,", (kernel) => {
  it("A1: a connector that exits while its child keeps the socket, its id used again by another program, is refused (PRC-002, PRC-006, T1, T4b)", () => {
    const seen = observe("exitAndReuse", { within: ownRoom, kernel });
    // Who looks at the id now sees an innocent program.
    expect(seen).toMatchObject({ before: 200, reused: true });
    expect(seen.shown).toMatch(/sleep|coreutils|busybox/);
    expect(seen).toMatchObject({
      status: 401,
      reason: "PROCESS_CHANGED",
      sessions: 0,
      cause: "process-exited",
    });
    expect(seen.text).not.toContain("resolvedSecrets");
  });

  it("T1: a hundred processes one after the other, all under one id: none has the access of the one before (PRC-002, T1)", () => {
    expect(
      observe("reuseAfterGrant", { within: ownRoom, kernel, args: ["100"] }),
    ).toEqual({ granted: 100, before: ["AUTHORIZATION_REQUIRED"] });
  });
});

it("A2: exit and reuse of the id before the connection is accepted: it is closed unread (PRC-006, T1)", () => {
  const seen = observe("reuseBeforeAccept", { within: ownRoom, args: ["yes"] });
  expect(seen.shown).toMatch(/sleep|coreutils|busybox/);
  expect(seen).toMatchObject({ lost: "lost 0", prompts: [] });
});

it("A2: a kernel before 6.5 cannot tell that: the prompt shows the later process, and that its identity is weak (T1)", () => {
  const seen = observe("reuseBeforeAccept", {
    within: ownRoom,
    kernel: "before 6.5",
    args: ["no"],
  });
  expect(seen.prompts).toHaveLength(1);
  expect(seen.prompts[0].path).toBe(seen.shown);
  expect(seen.prompts[0].warnings).toContain(Warning.WEAK_IDENTITY);
});

it("T1: of one file, one id and one start time, two processes are still two (PRC-002, T1)", () => {
  expect(observe("twins", { within: ownRoom, args: ["100"] })).toEqual({
    pairs: 100,
    taken: 0,
  });
});
