// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { looksLikeId } from "../crypto/id.ts";
import { AccountError } from "./accounts.ts";
import { foldLookAlikes } from "./look-alike.ts";

/*
 * The name of an account is what the user goes by in a prompt: nothing may
 * pass for the name of another account (T41). So each word keeps to one
 * script, nothing in it is invisible, and no two names look or read alike.
 */

// Scripts in common modern use (Unicode UAX 31, table 5), and those that are
// written together (UTS 39, "highly restrictive").
const alone = [
  "Arabic",
  "Armenian",
  "Bengali",
  "Cyrillic",
  "Devanagari",
  "Ethiopic",
  "Georgian",
  "Greek",
  "Gujarati",
  "Gurmukhi",
  "Hebrew",
  "Kannada",
  "Khmer",
  "Lao",
  "Malayalam",
  "Myanmar",
  "Oriya",
  "Sinhala",
  "Tamil",
  "Telugu",
  "Thaana",
  "Thai",
  "Tibetan",
].map((script) => [script]);
const together = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];
const scripts = [...alone, ...together].map((names) => {
  const classes = names.map((name) => `\\p{Script_Extensions=${name}}`);
  return new RegExp(
    `^[${classes.join("")}\\p{Script=Common}\\p{Script=Inherited}]+$`,
    "u",
  );
});

// Control, format, unassigned and private characters, line ends, what is
// drawn as nothing, and the blank pattern of Braille.
const unseen =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

/**
 * The name as it is kept: without blanks around it, composed.
 *
 * @throws AccountError "invalid-name"
 */
export function settleName(name: string): string {
  const settled = name.normalize("NFC").trim();
  if (settled === "") throw invalid("A name is not empty.");
  if (settled.length > limits.accountLength) {
    throw invalid(`A name has at most ${limits.accountLength} characters.`);
  }
  if (unseen.test(settled)) {
    throw invalid("A name has no characters that cannot be seen.");
  }
  if (looksLikeId(settled)) {
    throw invalid("A name does not look like an id. Choose another.");
  }
  for (const [word] of settled.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    if (!scripts.some((script) => script.test(word))) {
      throw invalid("A word of a name keeps to one alphabet.");
    }
  }
  return settled;
}

/**
 * What makes a name unique: names that share one of these cannot both exist.
 * One is the name without regard to case and compatibility forms, the other
 * what it looks like.
 */
export function nameKeys(name: string): readonly string[] {
  const compatible = name.normalize("NFKC").trim();
  return [
    `read:${compatible.toUpperCase().toLowerCase().normalize("NFKC")}`,
    `look:${foldLookAlikes(compatible)}`,
  ];
}

function invalid(message: string): AccountError {
  return new AccountError("invalid-name", message);
}
