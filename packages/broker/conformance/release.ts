// SPDX-License-Identifier: Apache-2.0
// Our broker as its users have it, for the cases that look at a release:
// `assent broker run`, with an account and the integration on, so that it
// serves its endpoint. It has everything that the suite sets (TST-001).
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const lookMs = 20;
const program = fileURLToPath(
  new URL("../../../apps/cli/dist/assent.js", import.meta.url),
);
const { ASSENT_ENDPOINT: endpoint, HOME: home } = process.env;
if (!endpoint || !home || dirname(endpoint) !== join(home, "run")) {
  console.error(
    "The conformance suite starts this: it sets HOME, and ASSENT_ENDPOINT to a socket in the folder run of it.",
  );
  process.exit(2);
}

const broker = spawn(process.execPath, [program, "broker", "run"], {
  stdio: "inherit",
});
broker.once("close", (code) => process.exit(code ?? 1));
process.once("SIGTERM", () => broker.kill("SIGTERM"));

const password = randomBytes(18).toString("base64");
while (!existsSync(join(dirname(endpoint), "owner.sock"))) await wait(lookMs);
await assent("account", "create", "Conformance");
await assent("integration", "on");

/** A command of the owner, with the password. */
async function assent(...command: string[]): Promise<void> {
  const args = [program, ...command, "--home", String(home)];
  const child = spawn(process.execPath, [...args, "--password-stdin"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  child.stdin.end(`${password}\n`);
  const [code] = await once(child, "close");
  if (code === 0) return;
  console.error(`assent ${command.join(" ")} ended with ${code}`);
  broker.kill("SIGTERM");
}
