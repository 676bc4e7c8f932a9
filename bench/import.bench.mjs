// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli, createHome, lineOf } from "../scripts/assent-home.mjs";

const items = 10_000;
const password = "bench horse battery staple";

/**
 * `assent import` of 10,000 logins as Bitwarden exports them, into a new vault:
 * seconds from its start to its end, and the most memory meanwhile, in MB. Of
 * the command what is resident; of the broker what it has alone (without Node's
 * own file), looked at every few milliseconds.
 */
export async function measure() {
  const home = createHome({ password });
  try {
    const broker = home.startBroker();
    await lineOf(broker, "is running");
    await home.assent(["account", "create", "Personal"], "");
    await home.assent(["account", "unlock"], "");
    const file = join(home.path, "export.json");
    writeFileSync(file, JSON.stringify({ encrypted: false, items: logins() }));
    const most = { command: 0, broker: 0 };
    const began = performance.now();
    const from = ["import", "--from", "bitwarden", file, "--password-stdin"];
    const command = home.start([cli, ...from, "--home", home.path], {
      stdin: "pipe",
    });
    const look = setInterval(() => {
      if (command.exitCode !== null) return;
      const { pid } = command;
      most.command = Math.max(most.command, kilobytes(pid, "VmHWM"));
      most.broker = Math.max(most.broker, kilobytes(broker.pid, "RssAnon"));
    }, 5);
    command.stdin.end(`${password}\n`);
    const [code] = await once(command, "close");
    const import_10k_s = (performance.now() - began) / 1000;
    clearInterval(look);
    if (code !== 0) throw new Error(command.lines.join("\n"));
    return {
      import_10k_s,
      import_command_mb: most.command / 1024,
      import_broker_mb: most.broker / 1024,
    };
  } finally {
    await home.remove();
  }
}

/** A line of /proc/PID/status; 0 when the process has just ended. */
function kilobytes(pid, name) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(
      new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0,
    );
  } catch {
    return 0;
  }
}

function logins() {
  return Array.from({ length: items }, (_, at) => ({
    type: 1,
    name: `Login ${at}`,
    notes: "imported",
    login: {
      username: `user-${at}@example.org`,
      password: `password-${at}-0123456789`,
      uris: [{ uri: `https://example.org/${at}` }],
    },
    fields: [{ name: "pin", value: `${at}`, type: 1 }],
  }));
}
