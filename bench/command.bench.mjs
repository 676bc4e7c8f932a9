// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@assent/sdk-node";
import { cli, createHome, lineOf } from "../scripts/assent-home.mjs";
import { median } from "./median.mjs";

const rounds = 21;
const readings = 9;
const reference = "assent://Dev/GitHub/token";

/**
 * What short commands take from their start to their end, beside a Node that
 * does nothing; and one secret, from the start to the end but without the time
 * from the prompt to the approval: by `assent read`, and by a program that runs
 * already, which is the broker's answer. Medians, milliseconds.
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
    const answer = [];
    for (let round = 0; round < readings; round++) {
      read.push(await withoutPerson(home, readByCommand));
      answer.push(await withoutPerson(home, readByProgram));
    }
    // The first ones show programs that the broker has never seen.
    const read_whole_ms = median(read.slice(1));
    const broker_answer_ms = median(answer.slice(1));
    return {
      ...Object.fromEntries(
        Object.entries(taken).map(([name, all]) => [name, median(all)]),
      ),
      read_whole_ms,
      broker_answer_ms,
      read_adds_ms: read_whole_ms - broker_answer_ms,
    };
  } finally {
    await home.remove();
  }
}

async function timed(args) {
  const began = performance.now();
  await promisify(execFile)(process.execPath, args);
  return performance.now() - began;
}

// Nothing else runs until it has asked; then it waits anyway.
async function withoutPerson(home, read) {
  const began = Date.now();
  const { asked, ended } = read(home);
  const end = ended.then(() => Date.now());
  await asked;
  const prompt = await home.nextPrompt();
  await home.approve(prompt);
  const endedAt = await end;
  const log = await home.assent(["activity", "--json"], "");
  const granted = log
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .find(({ event }) => event.kind === "granted");
  return (
    Date.parse(prompt.createdAt) - began + endedAt - Date.parse(granted.at)
  );
}

function readByCommand(home) {
  const reading = home.start([cli, "read", reference, "--home", home.path]);
  return {
    asked: lineOf(reading, "waiting for you"),
    ended: once(reading, "exit"),
  };
}

function readByProgram(home) {
  const { promise: asked, resolve: onWaiting } = Promise.withResolvers();
  const client = createClient({
    endpoint: join(home.path, "run", "broker.sock"),
    scope: { references: [reference] },
    onWaiting,
  });
  const read = async () => {
    await client.secrets.resolveAll([reference]);
    await client.revoke();
  };
  return { asked, ended: read() };
}
