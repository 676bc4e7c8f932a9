// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldName } from "./folded-name.ts";

describe("foldName", () => {
  it.each([
    ["GitHub", "github"],
    ["  GitHub\t", "GITHUB"],
    ["\u00a0GitHub\u3000", "github"],
    ["\uff27\uff49\uff54", "git"],
    ["\ufb01le", "FILE"],
    ["stra\u00dfe", "STRASSE"],
    ["\u1e9e", "ss"],
    ["e\u0301", "\u00c9"],
    ["\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2"],
    ["\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3"],
    ["\u212a", "k"],
    ["\u0130", "i\u0307"],
  ])("takes %j and %j for one name", (left, right) => {
    expect(foldName(left)).toBe(foldName(right));
  });

  it.each([
    ["Git Hub", "GitHub"],
    ["git-hub", "git_hub"],
    ["g\u0131thub", "github"],
    ["\u0430dmin", "admin"],
    ["e", "\u00e9"],
    ["a\u200bb", "ab"],
  ])("takes %j and %j for two names", (left, right) => {
    expect(foldName(left)).not.toBe(foldName(right));
  });

  it("gives a folded name back unchanged", () => {
    const units = fc
      .array(fc.nat({ max: 0xffff }))
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(units, (name) => {
        const folded = foldName(name);
        expect(foldName(folded)).toBe(folded);
      }),
      { numRuns: 2_000 },
    );
  });

  it("folds a name of plain letters as it does beside other letters", () => {
    const plain = fc.string({ unit: "grapheme-ascii" });
    fc.assert(
      fc.property(plain, (name) => {
        const beside = `\u00c9${name}\u00c9`;
        expect(foldName(`x${name}x`).slice(1, -1)).toBe(
          foldName(beside).slice(1, -1),
        );
      }),
      { numRuns: 2_000 },
    );
    expect(foldName("  a b ~ ")).toBe("A B ~");
  });

  it("folds each letter of Unicode with its upper and lower case; the dotless i stands alone", () => {
    const alone: string[] = [];
    for (let code = 0; code < 0x20000; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const letter = String.fromCodePoint(code);
      const folded = foldName(letter);
      if (foldName(folded) !== folded) alone.push(`not stable: ${letter}`);
      if (foldName(letter.toLowerCase()) !== folded) alone.push(letter);
      if (foldName(letter.toUpperCase()) !== folded) alone.push(letter);
    }
    expect(alone).toEqual(["\u0131"]);
  });
});
