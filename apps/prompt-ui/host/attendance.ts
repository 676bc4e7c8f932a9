// SPDX-License-Identifier: Apache-2.0
import type { Prompt } from "@assent/protocol/owner";
import type { Time } from "./time.ts";

/** Sees to it that prompts are seen, and tells when nobody needs the host. */
export interface Attendance {
  /** The prompts that are pending now. */
  prompts(pending: readonly Prompt[]): void;
  /** A page shows this one. */
  shown(promptId: string): void;
  /** Pages came, or went. */
  pagesChanged(): void;
  stop(): void;
}

/** What attendance depends on. */
export interface AttendanceOptions {
  readonly time: Time;
  /** Pages that are there. */
  readonly pages: () => number;
  /** Milliseconds since a page came or called. */
  readonly idleMs: () => number;
  readonly openWindow: () => void;
  readonly notify: (prompt: Prompt) => void;
  /** Nobody needs the host any more. */
  readonly onIdle: () => void;
}

/** At most one window in so long, milliseconds. */
export const windowRestMs = 30_000;
/** At most one notification in so long, milliseconds. */
export const notificationRestMs = 10_000;
/** A page that is there has so long to show a prompt before a notification, milliseconds. */
export const unseenMs = 2_000;
/** The host stays so long without a prompt and without a page, milliseconds. */
export const emptyMs = 15_000;
/** It stays so long with pages that do nothing, and no prompt, milliseconds. */
export const unusedMs = 600_000;

/**
 * A window for a prompt where no page is; where one is, it shows the prompt,
 * and is never raised over what the user types: a notification has to do. Many
 * prompts bring neither many windows nor many notifications.
 */
export function createAttendance(options: AttendanceOptions): Attendance {
  const { time, pages, idleMs, openWindow, notify, onIdle } = options;
  const known = new Map<string, { readonly prompt: Prompt; seen: boolean }>();
  let windowAt = Number.NEGATIVE_INFINITY;
  let notifiedAt = Number.NEGATIVE_INFINITY;
  let cancelIdle = () => {};

  const point = (prompt: Prompt) => {
    if (time.now() - notifiedAt < notificationRestMs) return;
    notifiedAt = time.now();
    notify(prompt);
  };
  const attend = (prompt: Prompt) => {
    if (pages() === 0 && time.now() - windowAt >= windowRestMs) {
      windowAt = time.now();
      openWindow();
      return;
    }
    if (pages() === 0) return point(prompt);
    time.after(unseenMs, () => {
      const entry = known.get(prompt.id);
      if (entry !== undefined && !entry.seen) point(prompt);
    });
  };
  const settle = () => {
    cancelIdle();
    cancelIdle = () => {};
    if (known.size > 0) return;
    const isEmpty = pages() === 0;
    const leftMs = isEmpty ? emptyMs : Math.max(unusedMs - idleMs(), 0);
    cancelIdle = time.after(leftMs, () => {
      if (isEmpty || idleMs() >= unusedMs) onIdle();
      else settle();
    });
  };
  settle();
  return {
    prompts(pending) {
      const ids = new Set(pending.map(({ id }) => id));
      for (const id of [...known.keys()]) if (!ids.has(id)) known.delete(id);
      for (const prompt of pending) {
        if (known.has(prompt.id)) continue;
        known.set(prompt.id, { prompt, seen: false });
        attend(prompt);
      }
      settle();
    },
    shown(promptId) {
      const entry = known.get(promptId);
      if (entry !== undefined) entry.seen = true;
    },
    pagesChanged: settle,
    stop: () => cancelIdle(),
  };
}
