// SPDX-License-Identifier: Apache-2.0
import { toUnits } from "./units.ts";
import { decodeVisibly } from "./utf8.ts";

/**
 * Whether a name or path could pass for another one (T21): it holds something
 * that `makeSafe` has to escape, a word that mixes scripts (as Latin with
 * Cyrillic or Greek), a word of another script that reads as a Latin one, or a
 * look-alike of a Latin letter, dot or slash. Raw text and text that was made
 * safe are judged alike.
 */
export function isDeceptive(text: string | Uint8Array): boolean {
  const decoded = typeof text === "string" ? text : decodeVisibly(text);
  if (toUnits(decoded).some(({ escaped }) => escaped)) return true;
  for (const character of decoded) {
    if (imitates(character)) return true;
  }
  for (const [word] of decoded.matchAll(/[\p{L}\p{M}]+/gu)) {
    if (mixesScripts(word) || readsAsLatin(word)) return true;
  }
  return false;
}

// Slashes that are none, and compatibility forms (full-width, mathematical)
// of letters, dots and slashes.
function imitates(character: string): boolean {
  if (character <= "\u007f") return false;
  return (
    /[\u2044\u2215\u29f5\u29f8\u29f9\u2571]/u.test(character) ||
    /^[A-Za-z./\\<>]$/.test(character.normalize("NFKC"))
  );
}

// Scripts that are written together, as UTS 39 "highly restrictive" has them.
const combinations: readonly (readonly string[])[] = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];
const scripts: readonly string[] = [
  "Cyrillic",
  "Greek",
  "Armenian",
  "Georgian",
  "Hebrew",
  "Arabic",
  "Syriac",
  "Thaana",
  "Ethiopic",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Oriya",
  "Tamil",
  "Telugu",
  "Kannada",
  "Malayalam",
  "Sinhala",
  "Thai",
  "Lao",
  "Tibetan",
  "Myanmar",
  "Khmer",
  "Mongolian",
];

// Made when a word is first judged: each takes a table of its script.
let unmixed: readonly RegExp[] | undefined;

function ofOneWriting(): readonly RegExp[] {
  unmixed ??= [...combinations, ...scripts.map((name) => [name])].map(
    (names) => {
      const parts = names.map((name) => `\\p{Script_Extensions=${name}}`);
      return new RegExp(`^[${parts.join("")}]+$`, "u");
    },
  );
  return unmixed;
}

// A word of a script that is not listed counts as mixed: it is rare enough
// for a second look.
function mixesScripts(word: string): boolean {
  const known = word.replace(/[\p{Script=Common}\p{Script=Inherited}]/gu, "");
  if (known === "") return false;
  return !ofOneWriting().some((writing) => writing.test(known));
}

// Cyrillic, Greek and Armenian letters that look like Latin ones.
const latinLooking =
  /^[\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u04cf\u0501\u051b\u051d\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u03bf\u03bd\u03c1\u03c5\u03b1\u03b9\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u0585\u057d\u0581\u0578]+$/u;

function readsAsLatin(word: string): boolean {
  return latinLooking.test(word);
}
