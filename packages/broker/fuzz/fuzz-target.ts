// SPDX-License-Identifier: Apache-2.0

/** How long a target runs, and from where. */
export interface FuzzOptions {
  /** Input number n (from 0) is made from `seed + n` alone. */
  readonly seed: number;
  /** How many inputs. */
  readonly runs: number;
  /** Aborted: stop after the input at hand. */
  readonly signal?: AbortSignal;
  /** Told now and then how many inputs are done. */
  readonly onProgress?: (done: number) => void;
}

/** An input that broke a promise. */
export interface FuzzFinding {
  /** With `--seed` and `--runs 1` it makes that input again. */
  readonly seed: number;
  /** The input in hex. */
  readonly input: string;
  /** Which promise, in one line. */
  readonly what: string;
}

/** What a run came to. */
export interface FuzzResult {
  /** Inputs that were tried. */
  readonly runs: number;
  readonly findings: readonly FuzzFinding[];
}

/**
 * Something that reads foreign bytes, and what must hold whatever they are
 * (T19). A module `*.fuzz.ts` exports one, called `target`.
 */
export interface FuzzTarget {
  /** Kebab-case; names it on the command line. */
  readonly name: string;
  /** Inputs in `npm test`, where each costs a connection; by default twenty thousand. */
  readonly testRuns?: number;
  run(options: FuzzOptions): Promise<FuzzResult>;
}

/** More findings than this say nothing new. */
const mostFindings = 20;

/**
 * A target that is a function: `make` makes an input from a seed, `check`
 * throws when a promise is broken.
 */
export function functionTarget<Input>(
  name: string,
  parts: {
    readonly make: (seed: number) => Input;
    readonly check: (input: Input) => void | Promise<void>;
    /** The bytes that a finding shows; by default the input as text or JSON. */
    readonly toBytes?: (input: Input) => Uint8Array;
  },
): FuzzTarget {
  const toBytes = parts.toBytes ?? showInput;
  return {
    name,
    async run({ seed, runs, signal, onProgress }) {
      const findings: FuzzFinding[] = [];
      let done = 0;
      while (done < runs && findings.length < mostFindings) {
        if (signal?.aborted) break;
        const own = seed + done;
        const input = parts.make(own);
        done += 1;
        try {
          const checked = parts.check(input);
          if (checked !== undefined) await checked;
        } catch (error) {
          const hex = Buffer.from(toBytes(input)).toString("hex");
          findings.push({ seed: own, input: hex, what: firstLine(error) });
        }
        if (done % 2000 === 0) {
          onProgress?.(done);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      return { runs: done, findings };
    },
  };
}

function showInput(input: unknown): Uint8Array {
  if (input instanceof Uint8Array) return input;
  return Buffer.from(typeof input === "string" ? input : JSON.stringify(input));
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "";
  return (text || String(error)).split("\n", 1)[0] ?? "";
}
