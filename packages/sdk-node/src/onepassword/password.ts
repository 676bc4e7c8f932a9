// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { AssentError, generatePassword } from "@assent/sdk-browserless";
import type { SeparatorType, WordListType } from "./kinds.ts";
import type { PasswordRecipe } from "./secret-shapes.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const symbols = "!@*_-.";

const separators: Readonly<Record<SeparatorType, string>> = {
  digits,
  digitsAndSymbols: digits + symbols,
  spaces: " ",
  hyphens: "-",
  underscores: "_",
  periods: ".",
  commas: ",",
};

const words: Readonly<Record<WordListType, () => string>> = {
  fullWords: word,
  // The first consonant, vowel and consonant of a word that can be spoken.
  syllables: () => word().slice(0, 3),
  threeLetters: () => pick(letters) + pick(letters) + pick(letters),
};

/**
 * A new password by a recipe of @1password/sdk; nobody is asked. There is no
 * list of words here: whole words are made up, of five letters.
 *
 * @throws AssentError "invalid" for a recipe that breaks a rule
 */
export function passwordOf(recipe: PasswordRecipe): string {
  switch (recipe.type) {
    case "Memorable":
      return memorable(recipe.parameters);
    case "Pin":
      return generatePassword({ type: "pin", ...recipe.parameters });
    case "Random": {
      const { includeDigits, includeSymbols, length } = recipe.parameters;
      return generatePassword({
        type: "random",
        length,
        digits: includeDigits,
        symbols: includeSymbols,
      });
    }
    default:
      throw invalid("type is Memorable, Pin or Random");
  }
}

function memorable({
  separatorType,
  capitalize,
  wordListType,
  wordCount,
}: Extract<PasswordRecipe, { type: "Memorable" }>["parameters"]): string {
  const signs = separators[separatorType];
  const make = words[wordListType];
  if (signs === undefined) throw invalid("there is no such separatorType");
  if (make === undefined) throw invalid("there is no such wordListType");
  if (!Number.isInteger(wordCount) || wordCount < 3 || wordCount > 16) {
    throw invalid("wordCount is a whole number from 3 to 16");
  }
  const raised = capitalize ? randomInt(wordCount) : -1;
  let text = "";
  for (let at = 0; at < wordCount; at += 1) {
    if (at > 0) text += pick(signs);
    const made = make();
    text += at === raised ? made.toUpperCase() : made;
  }
  return text;
}

/** One of the words that the SDK's own memorable passwords are made of. */
function word(): string {
  return generatePassword({ type: "memorable", words: 3 }).slice(0, 5);
}

function pick(signs: string): string {
  return signs.charAt(randomInt(signs.length));
}

function invalid(rule: string): AssentError {
  return new AssentError("invalid", `Not a recipe for a password: ${rule}.`);
}
