// SPDX-License-Identifier: Apache-2.0
import { closeSync, readdirSync } from "node:fs";
import { Session } from "node:inspector";
import { expect, test, vi } from "vitest";
import { checkPlatform, createBinding, PlatformError } from "./platform.ts";
import { binding, temporaryDirectory } from "./processes.fixture.ts";

function fails(): never {
  throw new Error("no");
}

async function lackOf(attempt: Promise<unknown>): Promise<PlatformError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PlatformError))
    throw new Error(`not refused: ${error}`);
  // One line that a person can read.
  expect(error.message).toMatch(/^\S[^\n]+$/);
  return error;
}

test("finds all that it needs on this system, and leaves nothing behind", async () => {
  const directory = temporaryDirectory();
  vi.stubEnv("TMPDIR", directory);
  await checkPlatform(binding);
  vi.unstubAllEnvs();
  expect(readdirSync(directory)).toEqual([]);
});

test("refuses a system for which there is no binding, and names it", async () => {
  const error = await lackOf(
    createBinding({ platform: "plan9", loadKoffi: fails }),
  );
  expect(error.lack).toBe("operating-system");
  expect(error.message).toContain("plan9");
});

test("refuses to start without koffi", async () => {
  const loadKoffi = () => Promise.reject(new Error("Cannot find module"));
  const error = await lackOf(createBinding({ platform: "linux", loadKoffi }));
  expect(error.lack).toBe("koffi");
});

test("refuses to start when the C library lacks a call", async () => {
  const koffi = { load: () => ({ func: fails }) };
  const loadKoffi = () => Promise.resolve(koffi as never);
  const error = await lackOf(createBinding({ platform: "linux", loadKoffi }));
  expect(error.lack).toBe("system-call");
});

for (const [lack, broken, proc] of [
  ["proc", binding, "/nowhere"],
  ["boot-clock", { ...binding, bootTimeMs: fails }, "/proc"],
  ["boot-clock", { ...binding, bootTimeMs: () => 0 }, "/proc"],
  ["peer-credentials", { ...binding, peerCredentials: fails }, "/proc"],
  [
    "peer-credentials",
    { ...binding, peerCredentials: () => ({ pid: 1, userId: 0 }) },
    "/proc",
  ],
] as const) {
  test(`refuses to start without ${lack}`, async () => {
    expect((await lackOf(checkPlatform(broken, proc))).lack).toBe(lack);
  });
}

test("takes no process for ended because a signal came meanwhile (PRC-003)", async () => {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  // A signal every fifty microseconds.
  session.post("Profiler.setSamplingInterval", { interval: 50 });
  session.post("Profiler.start");
  const pidfd = binding.openPidfd(process.pid);
  try {
    let ended = 0;
    for (let index = 0; index < 200_000; index += 1) {
      if (binding.hasEnded(pidfd)) ended += 1;
      if (binding.haveEnded([pidfd])[0]) ended += 1;
    }
    expect(ended).toBe(0);
  } finally {
    session.disconnect();
    closeSync(pidfd);
  }
});
