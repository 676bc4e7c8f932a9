// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { expect, it } from "vitest";
import { createBinding } from "./platform.ts";

it("a signal that comes while it looks ends nobody's access (PRC-003, EXP-001)", async () => {
  const binding = await createBinding();
  const pidfd = binding.openPidfd(process.pid);
  let signals = 0;
  const count = () => {
    signals += 1;
  };
  process.on("SIGUSR2", count);
  // Signals that are handled interrupt a poll(2) that waits for nothing, too.
  const storm = spawn(
    process.execPath,
    ["-e", `console.log(); for (;;) process.kill(${process.pid}, "SIGUSR2")`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    await once(storm.stdout, "data");
    let looks = 0;
    let wrong = 0;
    while (signals < 5_000) {
      for (let count = 0; count < 20_000; count += 1) {
        if (binding.hasEnded(pidfd)) wrong += 1;
        if (binding.haveEnded([pidfd])[0]) wrong += 1;
        looks += 2;
      }
      // Lets the signals be counted.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(looks).toBeGreaterThan(0);
    expect(wrong).toBe(0);
  } finally {
    const ended = once(storm, "close");
    storm.kill("SIGKILL");
    await ended;
    process.off("SIGUSR2", count);
    closeSync(pidfd);
  }
});
