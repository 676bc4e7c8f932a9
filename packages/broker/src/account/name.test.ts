// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { AccountError } from "./accounts.ts";
import { nameKeys, settleName } from "./name.ts";

function isRefused(name: string): boolean {
  try {
    settleName(name);
    return false;
  } catch (error) {
    if (error instanceof AccountError) return error.failure === "invalid-name";
    throw error;
  }
}

function areAlike(a: string, b: string): boolean {
  const keys = nameKeys(settleName(a));
  return nameKeys(settleName(b)).some((key) => keys.includes(key));
}

const fine = [
  "Work",
  "My Account 2",
  "Ünïcode",
  "работа GitHub",
  "個人アカウント",
  "개인 계정",
  "प्रोजेक्ट",
  "חשבון",
  "ops@example.com",
  "R&D: prod/eu-1 (new)",
  "🔑 keys",
];
for (const name of fine) {
  test(`${name} is a name`, () => {
    expect(settleName(name)).toBe(name.normalize("NFC"));
  });
}

const refused: Record<string, string> = {
  empty: "",
  blank: " \t ",
  "a line end": "Work\nHome",
  "an escape sequence": "\u001b[31mWork",
  "a bidirectional override": "Work\u202egro",
  "a joiner of no width": "Wo\u200brk",
  "a soft hyphen": "Wo\u00adrk",
  "a variation selector": "Work\ufe0f",
  "a selector beyond the first plane": "Work\u{e0100}",
  "a Hangul filler": "Work\u3164",
  "a blank of Braille": "Work\u2800",
  "another blank": "My\u00a0work",
  "a private character": "Work\ue000",
  "half a character": "Work\ud800",
  "an unassigned character": "Work\u0378",
  "Latin and Cyrillic in one word": "W\u043erk",
  "Latin and Greek in one word": "W\u03bfrk",
  "a script of no common use": "\ua4e0\ua4f3",
  "an id": "abcdefghijklmnopqrstuvwxyz",
  "an id in capitals": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "an id of full-width letters": "\uff41bcdefghijklmnopqrstuvwxyz",
  "more than 128 characters": "x".repeat(129),
};
for (const [what, name] of Object.entries(refused)) {
  test(`a name is not ${what} (T41)`, () => {
    expect(isRefused(name)).toBe(true);
  });
}

test("a name has at most 128 characters", () => {
  expect(settleName("x".repeat(128))).toBe("x".repeat(128));
});

test("a name is kept without blanks around it, composed", () => {
  expect(settleName("  Work ")).toBe("Work");
  expect(settleName("e\u0301")).toBe("\u00e9");
});

const alike: [string, string][] = [
  ["Work", "work"],
  ["Work", " WORK "],
  ["Straße", "STRASSE"],
  ["Work", "\uff37\uff4f\uff52\uff4b"],
  ["coco", "\u0441\u043e\u0441\u043e"],
  ["COCO", "\u0421\u041e\u0421\u041e"],
  ["HOME", "\u041d\u041e\u041c\u0415"],
  ["TOY", "\u03a4\u039f\u03a5"],
  ["Bank 1", "Bank l"],
  ["Iris", "lris"],
  ["Ops 0", "Ops O"],
  ["modern", "modem"],
  ["vvork", "work"],
  ["Résumé", "Resume"],
  ["a-b", "a\u2013b"],
  ["it's", "it\u2019s"],
  ["a  b", "a b"],
  ["\u03a3\u03a4\u039f\u03a3", "\u03c3\u03c4\u03bf\u03c2"],
];
for (const [a, b] of alike) {
  test(`${a} and ${b} are one name (T41)`, () => {
    expect(areAlike(a, b)).toBe(true);
    expect(areAlike(b, a)).toBe(true);
  });
}

test("different names are different", () => {
  const names = ["Work", "Home", "Work 2", "Дом", "工作", "仕事", "Ops", "A"];
  for (const a of names) {
    for (const b of names) expect(areAlike(a, b)).toBe(a === b);
  }
});
