// SPDX-License-Identifier: Apache-2.0
import {
  CategorySchema,
  FieldTypeSchema,
  ItemFailureSchema,
  ReasonSchema,
  ReferenceFailureSchema,
} from "@assent/protocol";
import {
  OwnerReason,
  OwnerReasonSchema,
  PromptEndSchema,
  WarningSchema,
} from "@assent/protocol/owner";
import type { DescEnum } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { clockText, durationText } from "./duration.ts";
import { ownerReasonText } from "./failure/owner-reason.ts";
import { reasonText } from "./failure/reason.ts";
import {
  itemFailureText,
  referenceFailureText,
} from "./failure/reference-failure.ts";
import { categoryText, fieldTypeText } from "./item.ts";
import { count, inARow } from "./plural.ts";
import { promptEndText } from "./prompt/prompt-end.ts";
import {
  approvedText,
  passwordAdvice,
  wrongPasswordText,
} from "./prompt/surface.ts";
import { describeWarning } from "./prompt/warning.ts";

const context = {
  process: { name: "node", container: "", debugger: "" },
  claims: { startedBy: [] },
};

const walks: [DescEnum, (value: never) => string][] = [
  [ReasonSchema, reasonText],
  [OwnerReasonSchema, (reason) => ownerReasonText({ reason })],
  [PromptEndSchema, (end) => promptEndText(end, "node")],
  [
    WarningSchema,
    (warning) => {
      const { title, text } = describeWarning(warning, context);
      return `${title} ${text}`;
    },
  ],
];

for (const [schema, tell] of walks) {
  test(`every value of ${schema.name} has a sentence of its own`, () => {
    const values = schema.values.map(({ number }) => number);
    const sentences = values.map((value) => tell(value as never));
    for (const sentence of sentences)
      expect(sentence).toMatch(/^.{10,}(\.|: assent [a-z ]+)$/u);
    expect(new Set(sentences).size).toBeGreaterThanOrEqual(values.length - 1);
  });

  test(`a value of ${schema.name} that this version does not know has a sentence`, () => {
    expect(tell(9_999 as never)).toMatch(/\.$/);
  });
}

const lists: [DescEnum, (value: never) => string][] = [
  [ReferenceFailureSchema, referenceFailureText],
  [ItemFailureSchema, itemFailureText],
  [CategorySchema, categoryText],
  [FieldTypeSchema, fieldTypeText],
];

for (const [schema, tell] of lists) {
  test(`every value of ${schema.name} has words of its own, a newer one too`, () => {
    const words = schema.values.map(({ number }) => tell(number as never));
    expect(new Set(words).size).toBeGreaterThanOrEqual(words.length - 2);
    expect(tell(9_999 as never)).toMatch(/^\S/);
  });
}

test("a wrong password tells how many tries are left", () => {
  expect(wrongPasswordText(4)).toBe(
    "That password is not right. 4 tries left.",
  );
  expect(wrongPasswordText(1)).toBe("That password is not right. 1 try left.");
  expect(wrongPasswordText(0)).toMatch(/denied/);
  expect(
    ownerReasonText({ reason: OwnerReason.WRONG_CREDENTIAL, triesLeft: 2 }),
  ).toBe("That password is not right. 2 tries left.");
});

test("an approval tells what of the scope was not found", () => {
  expect(approvedText("git", "Personal")).toBe("git can use Personal.");
  expect(approvedText("git", "Personal", ["Dev", "C\u202eI"])).toBe(
    "git can use Personal. Not found there, so not granted: Dev and C<U+202E>I.",
  );
});

test("a short password is told to be short, counted in characters", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(passwordAdvice(bytes("é".repeat(8)))).toContain("8 characters");
  expect(passwordAdvice(bytes("é".repeat(15)))).toContain("15 characters");
  expect(passwordAdvice(bytes("é".repeat(16)))).toBeUndefined();
});

test("waiting after wrong passwords tells how long", () => {
  expect(
    ownerReasonText({ reason: OwnerReason.RETRY_LATER, retryAfterMs: 8_000 }),
  ).toBe("Too many wrong passwords. Wait 8 seconds, then try again.");
});

test("durations are told in their two largest units", () => {
  expect(
    [600_000, 60_000, 61_000, 90_061_000, 43_200_000, 999, -5].map(
      durationText,
    ),
  ).toEqual([
    "10 minutes",
    "1 minute",
    "1 minute 1 second",
    "1 day 1 hour",
    "12 hours",
    "less than a second",
    "less than a second",
  ]);
});

test("time that is left counts the second that has begun", () => {
  expect([86_000, 8_001, 1, 0, -1].map(clockText)).toEqual([
    "1:26",
    "0:09",
    "0:01",
    "0:00",
    "0:00",
  ]);
});

test("counts and rows read as English", () => {
  expect([count(0, "item"), count(1, "item"), count(1_200, "item")]).toEqual([
    "0 items",
    "1 item",
    "1,200 items",
  ]);
  expect([inARow([]), inARow(["a"]), inARow(["a", "b", "c"])]).toEqual([
    "",
    "a",
    "a, b and c",
  ]);
});
