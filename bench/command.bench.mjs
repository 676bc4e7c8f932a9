// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { cli, createHome, lineOf } from "../scripts/assent-home.mjs";
import { median } from "./median.mjs";

const rounds = 21;
const readings = 9;
const reference = "assent://Dev/GitHub/token";

/**
 * What short commands take from their start to their end, beside a Node that
 * does nothing. Medians, milliseconds; `read_ms` is without the time in which
 * the broker waits for the person, from the prompt to the approval.
 */
export async function measure() {
  const home = createHome({ password: "bench horse battery staple" });
  try {
    await lineOf(home.startBroker(), "is running");
    await home.assent(["account", "create", "Personal"], "");
    await home.assent(["account", "unlock"], "");
    await home.assent(["integration", "on"], "");
    await home.assent(["vault", "create", "Dev"], "");
    const item = ["item", "create", "Dev", "GitHub", "--field", "token"];
    await home.assent([...item, "--stdin"], "value\n");
    const commands = {
      command_ms: [cli, "--version"],
      status_ms: [cli, "status", "--home", home.path],
      bare_node_ms: ["-e", "0"],
    };
    const taken = { command_ms: [], status_ms: [], bare_node_ms: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, args] of Object.entries(commands)) {
        taken[name].push(await timed(args));
      }
    }
    const read = [];
    for (let round = 0; round < readings; round++) {
      read.push(await timedRead(home));
    }
    // The first one is shown a program that the broker has never seen.
    const figures = { ...taken, read_ms: read.slice(1) };
    return Object.fromEntries(
      Object.entries(figures).map(([name, all]) => [name, median(all)]),
    );
  } finally {
    await home.remove();
  }
}

async function timed(args) {
  const began = performance.now();
  await promisify(execFile)(process.execPath, args);
  return performance.now() - began;
}

async function timedRead(home) {
  const began = Date.now();
  const reading = home.start([cli, "read", reference, "--home", home.path]);
  const ended = once(reading, "exit").then(() => Date.now());
  // Nothing else runs until it has asked; then it waits anyway.
  await lineOf(reading, "waiting for you");
  const prompt = await home.nextPrompt();
  await home.approve(prompt);
  const end = await ended;
  const log = await home.assent(["activity", "--json"], "");
  const granted = log
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .find(({ event }) => event.kind === "granted");
  return Date.parse(prompt.createdAt) - began + end - Date.parse(granted.at);
}
