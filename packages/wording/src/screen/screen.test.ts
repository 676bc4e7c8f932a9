// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { accessText, endsInText, lastUseText, revokedText } from "./access.ts";
import {
  accountText,
  backedUpText,
  recoveryText,
  removedText,
  restoredText,
  welcomeText,
} from "./account.ts";
import { activityText, entriesText } from "./activity.ts";
import {
  hiddenInText,
  itemText,
  strengthText,
  vaultRemovedText,
} from "./item.ts";
import { settingsText } from "./settings.ts";
import { agoText, sizeText, whenText } from "./time.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

test("times are told as people tell them, in the zone of the reader", () => {
  const now = Date.UTC(2027, 0, 1, 0, 30);
  const when = (atMs: number, zone = "UTC") => whenText(atMs, now, zone);
  expect(when(now - 5 * minute)).toBe("Today 00:25");
  expect(when(now - 31 * minute)).toBe("Yesterday 23:59");
  expect(when(now - 31 * minute, "Asia/Tokyo")).toBe("Today 08:59");
  expect(when(now - 3 * day)).toBe("29 Dec 2026 00:30");
});

test("how long ago something was is told in its largest unit", () => {
  expect([0, 59_999, minute, 61 * minute, day, 3 * day].map(agoText)).toEqual([
    "just now",
    "just now",
    "1 min ago",
    "1 h ago",
    "1 day ago",
    "3 days ago",
  ]);
});

test("sizes are told in kibibytes that have begun, then in mebibytes", () => {
  expect([1, 1024, 1025, 3 * 1024 * 1024].map(sizeText)).toEqual([
    "1 KiB",
    "1 KiB",
    "2 KiB",
    "3 MiB",
  ]);
});

test("time that is left counts down, and never below zero", () => {
  expect([521_000, 1, 0, -5].map(endsInText)).toEqual([
    "Ends in 8:41",
    "Ends in 0:01",
    "Ending",
    "Ending",
  ]);
  expect([24_001, 0].map(hiddenInText)).toEqual([
    "Hidden in 25 seconds",
    "Hidden in 0 seconds",
  ]);
});

test("sentences with names make them safe (T21)", () => {
  const bad = "Per\u202esonal";
  for (const sentence of [
    revokedText(bad, bad),
    removedText(bad),
    backedUpText(bad, `/tmp/${bad}`),
    restoredText(bad),
    vaultRemovedText(bad, 2),
  ]) {
    expect(sentence).toContain("<U+202E>");
    expect(sentence).not.toContain("\u202e");
  }
  expect(lastUseText(61_000, 7)).toBe("used 1 min ago · process 7");
});

test("counts read as English", () => {
  expect(entriesText(1, 1)).toBe("1 entry");
  expect(entriesText(12, 340)).toBe("12 of 340 entries");
  expect(vaultRemovedText("Old", 1)).toBe(
    "The vault Old and its 1 item are gone.",
  );
});

test("a generated password is told by what it withstands", () => {
  expect([40, 64, 128].map((bits) => strengthText(bits).split(":")[0])).toEqual(
    ["40 bits", "64 bits", "128 bits"],
  );
  expect(
    new Set([40, 64, 128].map((bits) => strengthText(bits).slice(8))).size,
  ).toBe(3);
});

test("no text of a screen is empty, or has blanks around it", () => {
  for (const texts of [
    accessText,
    accountText,
    activityText,
    itemText,
    recoveryText,
    settingsText,
    welcomeText,
  ]) {
    const all = Object.values(texts);
    for (const text of all) expect(text.trim()).toBe(text);
    expect(all).not.toContain("");
  }
});
