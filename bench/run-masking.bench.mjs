// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median } from "./median.mjs";

const rounds = 11;
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
 * against the same command without masking, in pairs. The ratio is the median
 * of the pairs' own, its spread how far apart the middle half of them is.
 */
export async function measure() {
  const ratios = [];
  const masked = [];
  for (let round = 0; round <= rounds; round += 1) {
    // Whichever comes first, half of the time: what drifts is in both.
    const first = round % 2 === 0 ? "plain" : "masked";
    const one = await seconds(first);
    const other = await seconds(first === "plain" ? "masked" : "plain");
    const [plain, own] = first === "plain" ? [one, other] : [other, one];
    // The first round only warms the caches of files.
    if (round === 0) continue;
    masked.push(100 / own);
    ratios.push(own / plain);
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const quarter = ratios.length >> 2;
  return {
    run_masked_mb_per_s: median(masked),
    run_masked_vs_unmasked: median(ratios),
    run_masked_vs_unmasked_spread: sorted.at(-1 - quarter) - sorted[quarter],
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
