// SPDX-License-Identifier: Apache-2.0
import type { Bench } from "./bench.ts";
import type { CaseResult } from "./run-cases.ts";
import { dropSpentMemory } from "./spent-memory.ts";

/** What is to be run, and on what. */
export interface Schedule {
  /** In this order. */
  readonly ids: readonly string[];
  readonly seed: string;
  /** At most so many implementations at once; each has a bench of its own. */
  readonly workers: number;
  readonly bench: () => Promise<Bench>;
  /** Those that mostly wait: each on a bench of its own, beside the others. */
  readonly apart?: (id: string) => boolean;
  readonly onResult: (result: CaseResult) => void;
  /** Aborted: the case that runs is the last. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs each case once. A bench that does not come up ends everything.
 * @throws ImplementationError, and what a bench throws
 */
export async function runSchedule(schedule: Schedule): Promise<void> {
  const { ids, seed, onResult, signal } = schedule;
  const apart = ids.filter((id) => schedule.apart?.(id));
  const together = ids.filter((id) => !apart.includes(id));
  let broken = false;
  async function work(left: string[]): Promise<void> {
    let bench: Bench | undefined;
    try {
      bench = await schedule.bench();
      for (;;) {
        if (broken || signal?.aborted) return;
        const id = left.shift();
        if (id === undefined) return;
        onResult(await bench.run(id, seed));
        dropSpentMemory();
      }
    } catch (error) {
      broken = true;
      throw error;
    } finally {
      await bench?.close();
    }
  }
  const workers = Math.min(schedule.workers, together.length);
  const ends = await Promise.allSettled([
    ...apart.map((id) => work([id])),
    ...Array.from({ length: workers }, () => work(together)),
  ]);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
