// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMasker, shortestMasked } from "./masker.ts";

const mark = "<*>";

function masked(texts: readonly string[], chunks: readonly string[]): string {
  const bytes = (text: string) => Buffer.from(text, "latin1");
  const masker = createMasker(texts.map(bytes), bytes(mark));
  const parts = chunks.flatMap((chunk) => masker.push(bytes(chunk)));
  return Buffer.concat([...parts, ...masker.end()]).toString("latin1");
}

// The same, in the plainest way: every byte of every occurrence is covered.
function modelled(texts: readonly string[], output: string): string {
  const covered = new Array<boolean>(output.length).fill(false);
  for (const text of texts) {
    for (let at = output.indexOf(text); at >= 0; ) {
      covered.fill(true, at, at + text.length);
      at = output.indexOf(text, at + 1);
    }
  }
  return [...output]
    .map((sign, at) => (covered[at] ? (covered[at - 1] ? "" : mark) : sign))
    .join("");
}

test("hides a secret wherever it stands, and nothing else", () => {
  expect(masked(["hunter2"], ["hunter2"])).toBe(mark);
  expect(masked(["hunter2"], ["a hunter2, hunter22 hunter\n"])).toBe(
    `a ${mark}, ${mark}2 hunter\n`,
  );
  expect(masked(["hunter2"], ["nothing"])).toBe("nothing");
  expect(masked(["hunter2"], [])).toBe("");
});

test("hides a secret that is split over writes at any place", () => {
  const output = "key=hunter2;";
  for (let at = 0; at <= output.length; at += 1) {
    const chunks = [output.slice(0, at), output.slice(at)];
    expect(masked(["hunter2"], chunks)).toBe(`key=${mark};`);
  }
  expect(masked(["hunter2"], [...output])).toBe(`key=${mark};`);
});

test("secrets that overlap, touch or hold each other become one mark", () => {
  expect(masked(["abcdef", "defghi"], ["xabcdefghix"])).toBe(`x${mark}x`);
  expect(masked(["abcd", "efgh"], ["abcdefgh"])).toBe(mark);
  expect(masked(["abcdefgh", "cdef"], ["abcdefgh cdef"])).toBe(
    `${mark} ${mark}`,
  );
  expect(masked(["aaaa"], ["aaaaaaa"])).toBe(mark);
});

test("a short secret inside a longer one does not give the longer one away", () => {
  const texts = ["xx-abcd-yy-efgh-zz", "abcd", "efgh"];
  for (const output of ["xx-abcd-yy-efgh-zz", "xx-abcd-yy-efgh-z!"]) {
    expect(masked(texts, [...output])).toBe(modelled(texts, output));
  }
});

test("shows at once what cannot be part of a secret any more", () => {
  const masker = createMasker([Buffer.from("hunter2")], Buffer.from(mark));
  const shown = (text: string) =>
    Buffer.concat(masker.push(Buffer.from(text))).toString();
  expect(shown("Password: ")).toBe("Password: ");
  expect(shown("hun")).toBe("");
  expect(shown("gry?")).toBe("hungry?");
});

test("bytes that are no text come through as they are", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const masker = createMasker([Buffer.from([0, 0xff, 0, 0xfe])], bytes);
  expect(Buffer.concat([...masker.push(bytes), ...masker.end()])).toEqual(
    bytes,
  );
});

test("does what the plainest way does, for any secrets and any cuts", () => {
  const letters = fc.constantFrom("a", "b", "\0", "\xff");
  const text = fc
    .array(letters, { minLength: shortestMasked, maxLength: 9 })
    .map((signs) => signs.join(""));
  const chunk = fc
    .array(letters, { maxLength: 12 })
    .map((signs) => signs.join(""));
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 4 }),
      fc.array(fc.oneof(chunk, text), { maxLength: 12 }),
      (texts, chunks) => {
        const output = chunks.join("");
        expect(masked(texts, chunks)).toBe(modelled(texts, output));
      },
    ),
    { numRuns: 20_000 },
  );
});

test("what is too short to be hidden is refused", () => {
  expect(() => masked(["abc"], [])).toThrow(RangeError);
});
