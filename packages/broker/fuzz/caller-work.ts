// SPDX-License-Identifier: Apache-2.0
// The loop of a calling process: it is assigned inputs over standard input,
// tries them, and says what it found.
import { createInterface } from "node:readline";

/** What a calling process is to do. */
export interface Assignment {
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
  /** Only methods that end sessions; calls may then stay without an answer. */
  readonly ending: boolean;
  readonly sockets: { readonly broker: string; readonly owner: string };
  /** Must not come out in any encoding. */
  readonly secrets: readonly string[];
}

/** What a calling process says. */
export type Told =
  | { readonly ready: number }
  | { readonly done: number }
  | {
      readonly finding: {
        readonly seed: number;
        readonly input: string;
        readonly what: string;
      };
    }
  | { readonly finished: number };

/** How inputs are made and tried. */
export interface Work<Input> {
  /** How many are tried at once. */
  readonly lanes: number;
  make(seed: number): Input;
  toBytes(input: Input): Uint8Array;
  /** Rejects when a promise is broken. */
  ask(input: Input, lane: number): Promise<void>;
  /** Close what is open. */
  close(): void | Promise<void>;
}

const mostFindings = 20;
const longestMs = 60_000;

/** Serve assignments until standard input ends. */
export function work<Input>(
  prepare: (assignment: Assignment) => Promise<Work<Input>>,
): void {
  const say = (told: Told) => process.stdout.write(`${JSON.stringify(told)}\n`);
  createInterface({ input: process.stdin })
    .on("line", (line) => void obey(JSON.parse(line) as Assignment))
    .on("close", () => process.exit(0));
  say({ ready: process.pid });

  async function obey(assignment: Assignment): Promise<void> {
    const { seed, runs } = assignment;
    const { lanes, make, toBytes, ask, close } = await prepare(assignment);
    let next = 0;
    let done = 0;
    let found = 0;
    const lane = async (number: number) => {
      while (next < runs && found < mostFindings) {
        const own = seed + next;
        next += 1;
        const input = make(own);
        try {
          await within(longestMs, ask(input, number));
        } catch (error) {
          found += 1;
          const what = error instanceof Error ? error.message : String(error);
          const hex = Buffer.from(toBytes(input)).toString("hex");
          say({ finding: { seed: own, input: hex, what } });
        }
        done += 1;
        if (done % 500 === 0) say({ done });
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
    await close();
    say({ finished: done });
  }
}

/** A call that is never answered is a finding; nothing else is judged by time. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error("neither answered nor closed")),
      ms,
    );
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
