// SPDX-License-Identifier: Apache-2.0
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AssentError } from "./error.ts";
import { generatePassword, type PasswordRecipe } from "./password.ts";

// Gives the bytes 0, 1, 2, … one after the other, for ever.
function counting(): (
  bytes: Uint8Array<ArrayBuffer>,
) => Uint8Array<ArrayBuffer> {
  let next = 0;
  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = next++ % 256;
    return bytes;
  };
}

test("a random password has its length and each kind of sign", () => {
  for (let round = 0; round < 200; round += 1) {
    const text = generatePassword({ type: "random", length: 8 });
    assert.is(text.length, 8);
    assert.match(text, /[A-Za-z]/);
    assert.match(text, /\d/);
    assert.match(text, /[!#$%&*+\-./:=?@_~]/);
  }
  assert.is(generatePassword().length, 24);
});

test("kinds that are turned off do not come", () => {
  const recipe = { type: "random", digits: false, symbols: false } as const;
  assert.match(generatePassword({ ...recipe, length: 128 }), /^[A-Za-z]{128}$/);
});

test("a memorable one is of words that can be spoken, a PIN of digits", () => {
  const word =
    "[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]";
  assert.match(
    generatePassword({ type: "memorable" }),
    new RegExp(`^${word}(-${word}){4}$`),
  );
  assert.match(
    generatePassword({ type: "memorable", words: 3, separator: " " }),
    new RegExp(`^${word}( ${word}){2}$`),
  );
  assert.match(generatePassword({ type: "pin" }), /^\d{6}$/);
  assert.match(generatePassword({ type: "pin", length: 32 }), /^\d{32}$/);
});

test("each sign comes from equally many bytes: none is likelier than another", () => {
  // 25 rounds of 10 digits take the bytes 0 to 249; 250 to 255 are not used.
  const random = counting();
  const counts = new Map<string, number>();
  for (let round = 0; round < 10; round += 1) {
    for (const sign of generatePassword({ type: "pin", length: 25 }, random)) {
      counts.set(sign, (counts.get(sign) ?? 0) + 1);
    }
  }
  assert.equal([...counts.values()], new Array(10).fill(25));
  const next = generatePassword({ type: "pin", length: 3 }, random);
  assert.is(next, "012");
});

test("a password that lacks a kind is thrown away whole", () => {
  let round = 0;
  const text = generatePassword({ type: "random", length: 8 }, (bytes) => {
    round += 1;
    // First eight letters; then a letter, a digit and symbols.
    bytes.set(
      round === 1 ? [0, 1, 2, 3, 4, 5, 6, 7] : [0, 52, 62, 63, 64, 65, 66, 67],
    );
    return bytes;
  });
  assert.is(round, 2);
  assert.is(text, "A0!#$%&*");
});

for (const recipe of [
  { type: "random", length: 7 },
  { type: "random", length: 129 },
  { type: "random", length: 8.5 },
  { type: "memorable", words: 2 },
  { type: "memorable", separator: "123456789" },
  { type: "pin", length: 2 },
  { type: "pin", length: Number.NaN },
  { type: "other" },
]) {
  test(`refuses ${JSON.stringify(recipe)}`, () => {
    assert.throws(
      () => generatePassword(recipe as PasswordRecipe),
      (error: unknown) =>
        error instanceof AssentError && error.code === "invalid",
    );
  });
}

test.run();
