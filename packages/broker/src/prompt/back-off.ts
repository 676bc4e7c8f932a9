// SPDX-License-Identifier: Apache-2.0
import type { PromptEnding } from "./prompts.ts";

/** Counts prompts that ended unapproved, and refuses more for a while (PRM-012, T23). */
export interface BackOff<Asker> {
  /** The process asks: what its descendants do counts for it from now on. */
  asked(asker: Asker): void;
  /** A prompt of it that was shown has ended so. */
  ended(asker: Asker, ending: PromptEnding | "approved"): void;
  /** Whether it, or a process that it descends from, has to wait. */
  refuses(asker: Asker): boolean;
  /** Forget whom nothing is known of any more. */
  sweep(isNeeded: (asker: Asker) => boolean): void;
}

/** What a back-off depends on. */
export interface BackOffOptions<Asker> {
  readonly bootMs: () => number;
  /** Whether `asker` is that process, connected anew or running another file too, or was started by it. */
  readonly stemsFrom: (asker: Asker, origin: Asker) => boolean;
}

const most = 3;
const windowMs = 60_000;
const refusalMs = 60_000;

/** Endings that the program, or the user's answer to it, brought about. */
const unapproved: readonly string[] = [
  "denied",
  "timed-out",
  "withdrawn",
  "revoked",
] satisfies PromptEnding[];

/** By process and its descendants, never by executable: others that run the same file are not refused for it. */
export function createBackOff<Asker>(
  options: BackOffOptions<Asker>,
): BackOff<Asker> {
  const { bootMs, stemsFrom } = options;
  const records = new Map<Asker, { ends: number[]; refusedUntilMs: number }>();

  /** The records that count for a process: its own, and of those that started it. */
  const recordsOf = (asker: Asker) =>
    [...records]
      .filter(([one]) => stemsFrom(asker, one))
      .map(([, record]) => record);

  return {
    asked(asker) {
      if (records.has(asker)) return;
      records.set(asker, { ends: [], refusedUntilMs: 0 });
    },
    ended(asker, ending) {
      if (!unapproved.includes(ending)) return;
      const now = bootMs();
      for (const record of recordsOf(asker)) {
        record.ends = record.ends.filter((at) => now - at < windowMs);
        record.ends.push(now);
        if (record.ends.length >= most) record.refusedUntilMs = now + refusalMs;
      }
    },
    refuses(asker) {
      const now = bootMs();
      return recordsOf(asker).some(
        ({ refusedUntilMs }) => now < refusedUntilMs,
      );
    },
    sweep(isNeeded) {
      const now = bootMs();
      for (const [asker, { ends, refusedUntilMs }] of records) {
        const isRecent = ends.some((at) => now - at < windowMs);
        if (!isRecent && now >= refusedUntilMs && !isNeeded(asker)) {
          records.delete(asker);
        }
      }
    },
  };
}
