// SPDX-License-Identifier: Apache-2.0
// Our broker as somebody would start theirs who has no control service: it makes
// the accounts of fixture.json, then serves. Here the accounts are made over the
// control service, which the suite is not told of. With "approving" every prompt
// is approved. With "surface", "lock" or
// "unlock" the commands of --on-prompt, --lock and --unlock.
import { spawn } from "node:child_process";
import {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectControl } from "../src/control/control.ts";

const home = process.env.HOME;
const endpoint = join(home, "steer.sock");
const idsFile = join(home, "ids.json");
const role = process.argv[2];
if (role === undefined || role === "approving") await serve();
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
  const { accounts } = JSON.parse(readFileSync(join(home, "fixture.json")));
  const control = await reach();
  if (role === "approving") {
    const decision = { kind: 1, unlockMethod: 1 };
    await control.scriptDecisions({ rules: [{ decision }] });
  }
  const seeded = await control.seed({
    accounts: accounts.map(({ name, credential, items }) => ({
      displayName: name,
      credential,
      items,
    })),
  });
  const ids = accounts.map(({ name }, index) => {
    const id = seeded.accountIds[index];
    const items = seeded.items
      .filter(({ accountId }) => accountId === id)
      .map(({ itemId, ...item }) => ({ ...item, id: itemId }));
    return { name, id, items };
  });
  writeFileSync(`${idsFile}.new`, JSON.stringify(ids));
  renameSync(`${idsFile}.new`, idsFile);
}

/** A socket is there a moment before anybody listens at it. */
async function reach() {
  for (;;) {
    try {
      return await connectControl(endpoint);
    } catch {
      await wait(5);
    }
  }
}

/** What the control service told when the accounts were made. */
async function made() {
  while (!existsSync(idsFile)) await wait(5);
  return JSON.parse(readFileSync(idsFile, "utf8"));
}

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function surface() {
  const accounts = await made();
  const control = await connectControl(endpoint);
  const told = new Map();
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { prompt, decision, credential } = JSON.parse(line);
    const kind = decision === "approve" ? 1 : 2;
    const unlockMethod = credential.startsWith("not ") ? 2 : 1;
    const { tookEffect } = await control.decide({
      promptId: prompt,
      decision: { kind, unlockMethod },
    });
    if (!tookEffect) tell({ prompt, failed: "it was gone, or not right" });
  });
  for (let seq = 0n; ; ) {
    const seen = await control.listPrompts({
      afterSeq: seq,
      wait: { seconds: 1n },
    });
    if (seq === 0n) tell({ ready: true, accounts });
    seq = seen.seq;
    for (const one of seen.prompts) {
      const { promptId: prompt, state: number, pid, waiters } = one;
      const names = ["", "pending", "approved", "denied", "timed-out"];
      const state = names[number] ?? "withdrawn";
      if (told.get(prompt) === `${state} ${waiters}`) continue;
      told.set(prompt, `${state} ${waiters}`);
      const shown = {
        account: one.shownAccount,
        name: one.shownProcessName,
        path: one.shownProcessPath,
        scope: one.shownScope,
        duration: one.shownDuration,
        text: one.shownText,
        choices: one.shownChoices,
      };
      const account = one.shownAccount;
      tell({ prompt, state, pid, account, waiters, shown });
    }
  }
}

async function lockOrUnlock(what) {
  const accounts = await made();
  const control = await connectControl(endpoint);
  const { ASSENT_ACCOUNT: account } = process.env;
  const accountId = accounts.find(({ name }) => name === account)?.id ?? "";
  await control[what]({ accountId });
  control.close();
}
