// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const suite = pathOf("../../../packages/conformance/src/main.ts");
const hooks = pathOf("../conformance/hooks.mjs");

// All cases that need no more than commands:
// the same without --run, and with --timeout 240.
test("the broker keeps the rules in real time, and assent approve, deny, lock and unlock are all it takes (SES-003, SES-007, LCK-001)", async () => {
  const command = (role: string) => `${process.execPath} ${hooks} ${role}`;
  const child = spawn(process.execPath, [
    ...[suite, "broker", "--allow-incomplete", "--seed", "hooks"],
    ...["--on-prompt", command("on-prompt")],
    ...["--lock", command("lock"), "--unlock", command("unlock")],
    ...["--run", "session/deny", "session/two-processes-need-two", "lock/all"],
    ...["--", process.execPath, hooks],
  ]);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes) => {
      said += bytes;
    });
  }
  const [code] = await once(child, "close");
  expect(said).toContain("3 run: 3 passed, 0 failed");
  expect(code).toBe(0);
}, 180_000);
