// SPDX-License-Identifier: Apache-2.0
// Our broker as somebody would start theirs who has no control service: it makes
// the accounts of fixture.json, then serves. Here the accounts are made over the
// control service, which the suite is not told of. With "surface", "lock" or
// "unlock" the commands of --on-prompt, --lock and --unlock.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectControl } from "../src/control/control.ts";

const home = process.env.HOME;
const endpoint = join(home, "steer.sock");
const role = process.argv[2];
if (role === undefined) await serve();
else if (role === "surface") await surface();
else await lockOrUnlock(role);

async function serve() {
  // Of one before it: the control service knows passwords of its own time alone.
  // Nobody can connect before the accounts are there again.
  rmSync(endpoint, { force: true });
  rmSync(join(home, "data"), { recursive: true, force: true });
  const main = new URL("../../broker/conformance/main.ts", import.meta.url);
  const broker = spawn(process.execPath, [fileURLToPath(main)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ASSENT_CONFORMANCE_CONTROL: endpoint },
  });
  broker.once("close", (code) => process.exit(code ?? 1));
  process.once("SIGTERM", () => broker.kill("SIGTERM"));
  while (!existsSync(endpoint)) await wait(5);
  const { accounts } = JSON.parse(readFileSync(join(home, "fixture.json")));
  const control = await connectControl(endpoint);
  const seeded = await control.seed({
    accounts: accounts.map(({ name, credential, items }) => ({
      displayName: name,
      credential,
      items,
    })),
  });
  const ids = accounts.map(({ name }, index) => [
    name,
    seeded.accountIds[index],
  ]);
  writeFileSync(
    join(home, "ids.json"),
    JSON.stringify(Object.fromEntries(ids)),
  );
}

async function surface() {
  const control = await connectControl(endpoint);
  const told = new Map();
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { prompt, decision, credential } = JSON.parse(line);
    const kind = decision === "approve" ? 1 : 2;
    const proof = credential.startsWith("not ") ? 2 : 1;
    await control.decide({
      promptId: prompt,
      decision: { kind, unlockMethod: proof },
    });
  });
  for (let seq = 0n; ; ) {
    const seen = await control.listPrompts({
      afterSeq: seq,
      wait: { seconds: 1n },
    });
    if (seq === 0n) process.stdout.write('{"ready": true}\n');
    seq = seen.seq;
    for (const { promptId, state, pid, shownAccount } of seen.prompts) {
      if (told.get(promptId) === state) continue;
      told.set(promptId, state);
      const names = ["", "pending", "approved", "denied", "timed-out"];
      const line = {
        prompt: promptId,
        state: names[state] ?? "withdrawn",
        pid,
        account: shownAccount,
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
}

async function lockOrUnlock(what) {
  const control = await connectControl(endpoint);
  const ids = JSON.parse(readFileSync(join(home, "ids.json")));
  await control[what]({ accountId: ids[process.env.ASSENT_ACCOUNT] ?? "" });
  control.close();
}
