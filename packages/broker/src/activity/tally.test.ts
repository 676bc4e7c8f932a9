// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { ActivityEvent } from "./activity.ts";
import { classOf } from "./entry-class.ts";
import { type Quotas, Tally } from "./tally.ts";

const mebibyte = 1024 * 1024;
const wide = { different: 100, entries: 100, bytes: mebibyte };
const quotas = (over: Partial<Quotas> = {}): Quotas => ({
  request: wide,
  refusal: wide,
  prompt: wide,
  ...over,
});

/** Offers an event, and says so when it was to be stored. */
function offer(tally: Tally, event: ActivityEvent, atMs: number): boolean {
  const entryClass = classOf(event.kind);
  const text = JSON.stringify(event);
  tally.collect(atMs);
  const isStored = tally.admit(entryClass, text, atMs);
  if (isStored) tally.stored(entryClass, event, text, text.length);
  return isStored;
}

function dueOf(tally: Tally): readonly unknown[] {
  const events: unknown[] = [];
  for (let due = tally.due(); due !== undefined; due = tally.due()) {
    events.push([due.event, due.atMs]);
    tally.settle(0);
  }
  return events;
}

const refusal = (n: number) => ({ kind: "prompt-refused", n });

describe("classOf", () => {
  it.each([
    ["request", "request"],
    ["prompt-refused", "refusal"],
    ["credential-refused", "refusal"],
    ["refused", "refusal"],
    ["prompt-created", "prompt"],
    ["prompt-shown", "prompt"],
    ["prompt-ended", "prompt"],
    ["prompt-denied", "decision"],
    ["granted", "decision"],
    ["session-ended", "decision"],
    ["account-locked", "decision"],
    ["of a later version", "decision"],
  ])("takes %s for a %s", (kind, expected) => {
    expect(classOf(kind)).toBe(expected);
  });
});

describe("a tally", () => {
  it("counts an event that was stored already in this minute (T57)", () => {
    const tally = new Tally(quotas());
    expect(offer(tally, refusal(1), 0)).toBe(true);
    for (let at = 1; at < 1000; at += 1) {
      expect(offer(tally, refusal(1), at)).toBe(false);
    }
    expect(tally.due()).toBeUndefined();
    tally.collect(60_000);
    expect(dueOf(tally)).toEqual([[{ ...refusal(1), repeated: 999 }, 999]]);
    expect(tally.due()).toBeUndefined();
  });

  it("stores it again in the next minute", () => {
    const tally = new Tally(quotas());
    offer(tally, refusal(1), 59_999);
    expect(offer(tally, refusal(1), 60_000)).toBe(true);
    expect(tally.due()).toBeUndefined();
  });

  it("takes a clock that went back for another minute", () => {
    const tally = new Tally(quotas());
    offer(tally, refusal(1), 120_000);
    offer(tally, refusal(1), 120_001);
    expect(offer(tally, refusal(1), 60_000)).toBe(true);
    expect(dueOf(tally)).toEqual([[{ ...refusal(1), repeated: 1 }, 120_001]]);
  });

  it("makes counts due when somebody looks, and goes on counting", () => {
    const tally = new Tally(quotas());
    offer(tally, refusal(1), 0);
    offer(tally, refusal(1), 1);
    tally.collect();
    expect(dueOf(tally)).toEqual([[{ ...refusal(1), repeated: 1 }, 1]]);
    tally.collect();
    expect(tally.due()).toBeUndefined();
    expect(offer(tally, refusal(1), 2)).toBe(false);
    tally.collect();
    expect(dueOf(tally)).toEqual([[{ ...refusal(1), repeated: 1 }, 2]]);
  });

  it("counts what exceeds the number of different ones within a minute", () => {
    const refusals = { ...wide, different: 2 };
    const tally = new Tally(quotas({ refusal: refusals }));
    const stored = [1, 2, 3, 4, 1].map((n) => offer(tally, refusal(n), n));
    expect(stored).toEqual([true, true, false, false, false]);
    tally.collect(60_000);
    expect(dueOf(tally)).toEqual([
      [{ ...refusal(1), repeated: 1 }, 1],
      [{ kind: "omitted", of: "refusal", count: 2 }, 4],
    ]);
    expect(offer(tally, refusal(5), 60_001)).toBe(true);
  });

  it.each([
    ["entries", { ...wide, entries: 3 }],
    ["bytes", { ...wide, bytes: 3 * JSON.stringify(refusal(1)).length }],
  ])(
    "counts what exceeds the %s of its class, and of its class alone",
    (_, quota) => {
      const tally = new Tally(quotas({ refusal: quota }));
      const stored = [1, 2, 3, 4, 5].map((n) => offer(tally, refusal(n), n));
      expect(stored).toEqual([true, true, true, false, false]);
      expect(offer(tally, { kind: "request" }, 6)).toBe(true);
      expect(offer(tally, { kind: "prompt-shown" }, 6)).toBe(true);
      tally.collect();
      expect(dueOf(tally)).toEqual([
        [{ kind: "omitted", of: "refusal", count: 2 }, 5],
      ]);
      tally.setUse("refusal", 0, 0);
      expect(offer(tally, refusal(6), 7)).toBe(true);
    },
  );

  it("stores every decision, alike or not, whatever is full (T57)", () => {
    const none = { different: 0, entries: 0, bytes: 0 };
    const tally = new Tally({ request: none, refusal: none, prompt: none });
    for (let n = 0; n < 200; n += 1) {
      expect(offer(tally, { kind: "granted" }, 0)).toBe(true);
      expect(offer(tally, { kind: "request", n }, 0)).toBe(false);
    }
  });

  it("keeps a count until it is stored", () => {
    const tally = new Tally(quotas());
    offer(tally, refusal(1), 0);
    offer(tally, refusal(1), 1);
    tally.collect(60_000);
    const due = tally.due();
    tally.collect(120_000);
    expect(tally.due()).toBe(due);
  });
});
