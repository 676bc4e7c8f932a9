// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeSafe } from "./make-safe.ts";

const unsafe =
  /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Variation_Selector}\u{2800}]|[\p{Zs}--[ ]]| {2}|^ | $/v;

// Any text, with what attacks are made of more often than chance has it.
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "\u001b[2J",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufe0f",
        "\u{e0100}",
        "\u{1d173}",
        "\u0301",
        "\n",
        "\ud800",
        "  ",
        "/",
        "<U+",
        "<U+202E>",
        "<U+0041>",
        "<0x",
        "<0xFF>",
        "<…>",
        "<",
      ),
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.string({ unit: "grapheme", maxLength: 6 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("makeSafe", () => {
  test("leaves plain text of any language as it is", () => {
    for (const text of [
      "/usr/bin/git",
      "Nightly backup 1.0.2",
      "/home/ada/Документы/отчёт",
      "日本語テスト",
      "naïve café",
      "a < b > c",
      "😀",
    ]) {
      expect(makeSafe(text)).toBe(text);
    }
  });

  test("shows what cannot be seen as its code point (T21, PRM-006)", () => {
    expect(makeSafe("deploy\u001b[2J\u202ecli")).toBe(
      "deploy<U+001B>[2J<U+202E>cli",
    );
    expect(makeSafe("a\nb\tc\u2028d")).toBe("a<U+000A>b<U+0009>c<U+2028>d");
    expect(makeSafe("git\u{e0100}\u{1d173}\u3164")).toBe(
      "git<U+E0100><U+1D173><U+3164>",
    );
    expect(makeSafe("a\ud800b")).toBe("a<U+D800>b");
  });

  test("shows padding and spaces that are none", () => {
    expect(makeSafe(" a   b\u00a0")).toBe(
      "<U+0020>a <U+0020><U+0020>b<U+00A0>",
    );
  });

  test("shows marks that stand on nothing or pile up", () => {
    expect(makeSafe("\u0301a\u0301")).toBe("<U+0301>a\u0301");
    expect(makeSafe("a\u0301\u0301\u0301\u0301")).toBe(
      "a\u0301\u0301\u0301<U+0301>",
    );
  });

  test("shows bytes that are no UTF-8 one by one (PRM-006)", () => {
    const bytes = [0x2f, 0xff, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xf4, 0x90, 0xe2];
    expect(makeSafe(new Uint8Array(bytes))).toBe(
      "/<0xFF><0xED><0xA0><0x80><0xC0><0xAF><0xF4><0x90><0xE2>",
    );
    expect(makeSafe(new TextEncoder().encode("é\ufeff😀"))).toBe("é<U+FEFF>😀");
  });

  test("escapes what only resembles an escape", () => {
    expect(makeSafe("<U+0041> <0x41> <u+202e> <U+00202E>")).toBe(
      "<U+003C>U+0041> <U+003C>0x41> <U+003C>u+202e> <U+003C>U+00202E>",
    );
  });

  test("keeps head, tail and the whole last path component of long text (T21, PRM-006)", () => {
    const path = `/home/ada/${"x/".repeat(3_000)}deploy-cli`;
    const shown = makeSafe(path, { maxLength: 60 });
    expect(shown).toHaveLength(60);
    expect(shown).toMatch(/^\/home\/ada\/.*<…>.*\/deploy-cli$/);
    const name = "n".repeat(200);
    expect(makeSafe(`/tmp/${"x/".repeat(90)}${name}`, { maxLength: 60 })).toBe(
      `/tmp/x/x<…>/${name}`,
    );
  });

  test("shows every path that a system allows whole, unless told otherwise", () => {
    const path = `${"/directory".repeat(408)}/name`.padEnd(4_096, "e");
    expect(makeSafe(path)).toBe(path);
  });

  test("gives only safe scalars, for every scalar at every place (T21)", () => {
    for (let from = 0; from <= 0x10ffff; from += 0x400) {
      for (const separator of ["", "a", " ", "/"]) {
        const codes = Array.from({ length: 0x400 }, (_, n) => from + n);
        const text = codes.map((c) => String.fromCodePoint(c)).join(separator);
        const shown = makeSafe(text, { maxLength: 1_000_000 });
        if (unsafe.test(shown)) {
          expect.fail(`unsafe text from U+${from.toString(16)} on`);
        }
      }
    }
  });

  test("gives only safe scalars, whatever the text (T21)", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(makeSafe(text)).not.toMatch(unsafe);
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(makeSafe(bytes)).not.toMatch(unsafe);
      }),
    );
  });

  test("changes nothing the second time, at any length", () => {
    fc.assert(
      fc.property(
        hostile,
        fc.integer({ min: 16, max: 80 }),
        (text, maxLength) => {
          const once = makeSafe(text, { maxLength });
          expect(makeSafe(once, { maxLength })).toBe(once);
          expect(makeSafe(once)).toBe(once);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test("shows two different texts without a literal escape differently", () => {
    const literal = /<U\+|<0x|<…>/;
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        fc.pre(one !== other && !literal.test(one) && !literal.test(other));
        expect(makeSafe(one)).not.toBe(makeSafe(other));
      }),
    );
  });
});
