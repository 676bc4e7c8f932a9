// SPDX-License-Identifier: Apache-2.0

/** Which pending prompts a trusted surface has on screen, and whether nobody has any (T42, T43). */
export interface Showing {
  /** A trusted surface has this prompt on screen, whole. */
  shown(promptId: string, surface: object): void;
  /** A surface is gone, and what it showed with it. */
  left(surface: object): void;
  /** What is pending has changed. */
  changed(): void;
  stop(): void;
}

/** What it depends on. */
export interface ShowingOptions {
  /** Ids of the prompts that are pending. */
  readonly pending: () => readonly string[];
  /** Run a task once, later; the returned function calls it off. */
  readonly after: (delayMs: number, task: () => void) => () => void;
  /**
   * Prompts are pending and none of them is on screen: told after two seconds,
   * and again every two seconds for as long as it stays so. `isNew`: the first
   * time since one was.
   */
  readonly onUnseen: (promptIds: readonly string[], isNew: boolean) => void;
}

/** Time that a surface has to show a prompt, milliseconds. */
export const showWithinMs = 2_000;

/**
 * Follow what is shown. One prompt on screen is enough: a surface shows one
 * after the other, and the user is at it (PRM-013).
 */
export function createShowing(options: ShowingOptions): Showing {
  const { pending, after, onUnseen } = options;
  const surfacesOf = new Map<string, Set<object>>();
  let callOff: (() => void) | undefined;
  let isNew = true;

  const rest = () => {
    callOff?.();
    callOff = undefined;
    isNew = true;
  };
  const wait = () => {
    callOff = after(showWithinMs, () => {
      callOff = undefined;
      const ids = pending();
      const first = isNew;
      isNew = false;
      wait();
      onUnseen(ids, first);
    });
  };
  const judge = () => {
    const ids = pending();
    for (const id of surfacesOf.keys()) {
      if (!ids.includes(id)) surfacesOf.delete(id);
    }
    if (ids.length === 0 || surfacesOf.size > 0) rest();
    else if (callOff === undefined) wait();
  };

  return {
    shown(promptId, surface) {
      const surfaces = surfacesOf.get(promptId) ?? new Set();
      surfacesOf.set(promptId, surfaces.add(surface));
      judge();
    },
    left(surface) {
      for (const [id, surfaces] of surfacesOf) {
        surfaces.delete(surface);
        if (surfaces.size === 0) surfacesOf.delete(id);
      }
      judge();
    },
    changed: judge,
    stop: rest,
  };
}
