// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import type { Io } from "../cli/io.ts";
import type { Bench } from "../run/bench.ts";
import { exits } from "../run/conclusion.ts";
import { fuzz } from "./fuzz.ts";

/** Walks at random through a broker; says the steps on which it went wrong; the exit code. */
export async function fuzzCommand(
  io: Io,
  start: () => Promise<Bench>,
  { walks, seed }: { readonly walks: number; readonly seed: string },
): Promise<number> {
  const bench = await start();
  try {
    const found = await fuzz({ bench, walks, seed });
    if (found === undefined) {
      io.stdout.write(`${walks} random walks, nothing found   seed ${seed}\n`);
      return exits.conforms;
    }
    const { assertion, expected, got } = found.outcome;
    io.stdout.write(
      `✘ ${assertion}: expected ${expected}, got ${got}\n\n${stringify({ steps: found.steps })}\nagain: --fuzz 1 --seed ${found.seed}\n`,
    );
    return exits.failed;
  } finally {
    await bench.close();
  }
}
