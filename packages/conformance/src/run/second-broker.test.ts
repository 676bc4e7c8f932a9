// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { run } from "../cli/program.ts";

// A broker by another hand, in another language, keeps the rules too: the
// suite tests the rules and not our code. All of it, in a minute:
// assent-conformance broker --profile core -- /usr/bin/python3 examples/broker-python/main.py

const python = "/usr/bin/python3";
const main = fileURLToPath(
  new URL("../../examples/broker-python/main.py", import.meta.url),
);
const has = (...modules: readonly string[]) =>
  spawnSync(python, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" })
    .status === 0;
const withPython = has("h2", "google.protobuf", "grpc_tools") ? it : it.skip;

withPython(
  "the broker in Python keeps the rules (WIR-008, LCK-001, EXP-001, PRC-005); NOT RUN without: apt-get install python3-h2 python3-protobuf python3-grpc-tools",
  async () => {
    const stdout = new PassThrough();
    const told: Buffer[] = [];
    stdout.on("data", (bytes: Buffer) => told.push(bytes));
    const exit = await run(
      { stdout, stderr: stdout, signal: new AbortController().signal },
      [
        ...["broker", "--allow-incomplete", "--run"],
        ...["session/scope-*", "session/deny*", "prompt/coalesce-*"],
        ...[
          "expiry/1*",
          "expiry/refresh-*",
          "expiry/suspend-*",
          "expiry/over*",
        ],
        ...["lock/*flight*", "lock/pending-*", "revoke/*", "process/exec-*"],
        ...["version/*", "leak/*-oracle", "wire/malformed-*"],
        ...["--", python, main],
      ],
    );
    expect(exit, Buffer.concat(told).toString()).toBe(0);
  },
  60_000,
);
