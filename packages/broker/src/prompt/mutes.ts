// SPDX-License-Identifier: Apache-2.0

/** Whom a mute covers (decisions 8). */
export type MuteReach =
  /** The process, and those it started: what it runs may be anybody's script. */
  | "process"
  /** Every process that runs the same file. */
  | "executable";

/** A program that is refused without asking (T23, T51). */
export interface Mute<Asker, Facts> {
  /** Unguessable. */
  readonly id: string;
  readonly asker: Asker;
  readonly reach: MuteReach;
  /** Boot time from which it holds no more, milliseconds. */
  readonly untilMs: number;
  /** What the user is told of it. */
  readonly facts: Facts;
}

/** What is muted now. It can only refuse: nothing is ever granted because of a mute, or of its end. */
export interface Mutes<Asker, Facts> {
  /** Mute whoever asked. The same one muted again is muted as said last. */
  add(
    asker: Asker,
    reach: MuteReach,
    durationMs: number,
    facts: Facts,
  ): Mute<Asker, Facts>;
  /** Whether it is refused, judged by the clock. */
  covers(asker: Asker): boolean;
  /** Those that hold, the newest last. */
  list(): readonly Mute<Asker, Facts>[];
  /** End one. Undefined: there is none. */
  remove(id: string): Mute<Asker, Facts> | undefined;
  /** Let go of what has ended. */
  sweep(): void;
  close(): void;
}

/** What mutes depend on. */
export interface MutesOptions<Asker> {
  readonly newId: () => string;
  readonly bootMs: () => number;
  /** Whether `asker` is that process, or was started by it. */
  readonly stemsFrom: (asker: Asker, origin: Asker) => boolean;
  /** The file that a process runs: the same for each process of it. */
  readonly executableOf: (asker: Asker) => string | undefined;
  /** Keeps that from naming another file. Undefined: the process has ended. */
  readonly pin: (asker: Asker) => Disposable | undefined;
}

/** The longest that a program can be muted, milliseconds (decisions 8). */
export const longestMuteMs = 3_600_000;

/** Mutes at once; over it, the one that would end first makes room. */
export const mostMutes = 32;

/** Mutes in memory: they end with the broker. */
export function createMutes<Asker, Facts>(
  options: MutesOptions<Asker>,
): Mutes<Asker, Facts> {
  const { newId, bootMs, stemsFrom, executableOf, pin } = options;
  const held = new Map<
    string,
    {
      mute: Mute<Asker, Facts>;
      executable: string | undefined;
      pin: Disposable | undefined;
    }
  >();

  const drop = (id: string) => {
    held.get(id)?.pin?.[Symbol.dispose]();
    held.delete(id);
  };
  const live = () => {
    const now = bootMs();
    return [...held.values()].filter(({ mute }) => now < mute.untilMs);
  };

  return {
    add(asker, reach, durationMs, facts) {
      // A file that cannot be held on to could become another: then its process alone.
      const pinned = reach === "executable" ? pin(asker) : undefined;
      const executable = pinned === undefined ? undefined : executableOf(asker);
      for (const [id, old] of held) {
        const same =
          executable === undefined
            ? old.executable === undefined && old.mute.asker === asker
            : old.executable === executable;
        if (same) drop(id);
      }
      while (held.size >= mostMutes) {
        const [first] = [...held.values()].sort(
          (one, other) => one.mute.untilMs - other.mute.untilMs,
        );
        if (first !== undefined) drop(first.mute.id);
      }
      const mute: Mute<Asker, Facts> = {
        id: newId(),
        asker,
        reach: executable === undefined ? "process" : "executable",
        untilMs: bootMs() + durationMs,
        facts,
      };
      held.set(mute.id, { mute, executable, pin: pinned });
      return mute;
    },
    covers(asker) {
      return live().some(({ mute, executable }) =>
        executable === undefined
          ? stemsFrom(asker, mute.asker)
          : executableOf(asker) === executable,
      );
    },
    list: () => live().map(({ mute }) => mute),
    remove(id) {
      const found = live().find(({ mute }) => mute.id === id)?.mute;
      if (found !== undefined) drop(id);
      return found;
    },
    sweep() {
      const now = bootMs();
      for (const { mute } of [...held.values()]) {
        if (now >= mute.untilMs) drop(mute.id);
      }
    },
    close() {
      for (const id of [...held.keys()]) drop(id);
    },
  };
}
