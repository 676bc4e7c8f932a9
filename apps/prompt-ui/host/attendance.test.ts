// SPDX-License-Identifier: Apache-2.0
import { type Prompt, PromptSchema } from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { createManualTime, type ManualTime } from "../test/manual-time.ts";
import {
  type Attendance,
  createAttendance,
  emptyMs,
  notificationRestMs,
  unseenMs,
  unusedMs,
  windowRestMs,
} from "./attendance.ts";

interface Place {
  readonly attendance: Attendance;
  readonly time: ManualTime;
  readonly told: string[];
  /** Pages that are there, and when one was last used. */
  readonly now: { pages: number; usedAt: number };
}

function attend(): Place {
  const time = createManualTime();
  const told: string[] = [];
  const now = { pages: 0, usedAt: time.now() };
  const attendance = createAttendance({
    time,
    pages: () => now.pages,
    idleMs: () => time.now() - now.usedAt,
    openWindow: () => void told.push("window"),
    notify: ({ id }) => void told.push(`notified ${id}`),
    onIdle: () => void told.push("idle"),
  });
  return { attendance, time, told, now };
}

const prompts = (...ids: string[]): Prompt[] =>
  ids.map((id) => create(PromptSchema, { id }));

it("opens a window for a prompt where no page is, and not another one for half a minute", () => {
  const { attendance, time, told } = attend();
  attendance.prompts(prompts("a"));
  expect(told).toEqual(["window"]);
  attendance.prompts(prompts("a", "b"));
  expect(told).toEqual(["window", "notified b"]);
  time.advance(windowRestMs - 1);
  attendance.prompts(prompts("a", "b", "c"));
  expect(told).toEqual(["window", "notified b", "notified c"]);
  time.advance(1);
  attendance.prompts(prompts("d"));
  expect(told.at(-1)).toBe("window");
});

it("raises nothing over a page that is there: a notification points to what it does not show (T22)", () => {
  const { attendance, time, told, now } = attend();
  now.pages = 1;
  attendance.pagesChanged();
  attendance.prompts(prompts("a"));
  attendance.shown("a");
  time.advance(unseenMs);
  expect(told).toEqual([]);
  attendance.prompts(prompts("a", "b", "c"));
  time.advance(unseenMs - 1);
  expect(told).toEqual([]);
  // One notification for what comes at once.
  time.advance(1);
  expect(told).toEqual(["notified b"]);
  attendance.prompts([]);
  time.advance(notificationRestMs);
  attendance.prompts(prompts("e"));
  attendance.prompts([]);
  time.advance(unseenMs);
  expect(told).toEqual(["notified b"]);
});

it("is not needed a while after the last page and the last prompt", () => {
  const { attendance, time, told, now } = attend();
  time.advance(emptyMs - 1);
  attendance.prompts(prompts("a"));
  time.advance(unusedMs * 2);
  expect(told).toEqual(["window"]);
  now.pages = 1;
  attendance.pagesChanged();
  attendance.prompts([]);
  now.pages = 0;
  attendance.pagesChanged();
  time.advance(emptyMs - 1);
  expect(told).toEqual(["window"]);
  time.advance(1);
  expect(told).toEqual(["window", "idle"]);
});

it("is not needed by a page that nobody uses for ten minutes", () => {
  const { attendance, time, told, now } = attend();
  now.pages = 1;
  attendance.pagesChanged();
  time.advance(unusedMs - 1);
  now.usedAt = time.now();
  time.advance(unusedMs - 1);
  expect(told).toEqual([]);
  time.advance(1);
  expect(told).toEqual(["idle"]);
});
