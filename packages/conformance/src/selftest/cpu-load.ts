// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** Does something while every CPU is kept busy. */
export async function underLoad<T>(does: () => Promise<T>): Promise<T> {
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker("for (;;);", { eval: true }),
  );
  try {
    return await does();
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
