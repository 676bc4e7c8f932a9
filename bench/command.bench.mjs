// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cli } from "../scripts/assent-home.mjs";
import { median } from "./median.mjs";

const rounds = 21;

/**
 * What the shortest command takes from its start to its end, beside a Node that
 * does nothing: `command_ms` and `bare_node_ms`, taking turns. Medians.
 */
export async function measure() {
  const command = [];
  const bare = [];
  for (let round = 0; round < rounds; round++) {
    command.push(await timed([cli, "--version"]));
    bare.push(await timed(["-e", "0"]));
  }
  return { command_ms: median(command), bare_node_ms: median(bare) };
}

async function timed(args) {
  const began = performance.now();
  await promisify(execFile)(process.execPath, args);
  return performance.now() - began;
}
