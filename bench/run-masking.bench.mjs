// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median } from "./median.mjs";

const rounds = 7;
const program = fileURLToPath(
  new URL("run-masking-program.mjs", import.meta.url),
);
// 50 bytes a line, two million lines: 100 MB, by a program that makes them.
const child = [
  "seq",
  "-f",
  "a line of fifty bytes, with its number %012.0f",
  "2000000",
];

/**
 * What masking three secrets adds to a command that prints 100 MB into a pipe,
 * against the same command without masking, in turns.
 */
export async function measure() {
  const ratios = [];
  const masked = [];
  for (let round = 0; round <= rounds; round += 1) {
    const plain = await seconds("plain");
    const own = await seconds("masked");
    // The first round only warms the caches of files.
    if (round === 0) continue;
    masked.push(100 / own);
    ratios.push(own / plain);
  }
  return {
    run_masked_mb_per_s: median(masked),
    run_masked_vs_unmasked: median(ratios),
  };
}

async function seconds(mode) {
  const reader = spawn("cat", { stdio: ["pipe", "ignore", "inherit"] });
  const started = spawn(process.execPath, [program, mode, ...child], {
    stdio: ["ignore", reader.stdin, "pipe"],
  });
  reader.stdin.destroy();
  let text = "";
  started.stderr.on("data", (part) => {
    text += part;
  });
  const [code] = await once(started, "close");
  if (code !== 0) throw new Error(text);
  return Number(text.trim());
}
