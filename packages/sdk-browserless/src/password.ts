// SPDX-License-Identifier: Apache-2.0
import { AssentError } from "./error.ts";

/** What a password is to be like. */
export type PasswordRecipe =
  | {
      /** Signs in no order: letters, and what is not turned off. */
      readonly type: "random";
      /** Signs: 8 to 128; 24 unless told. */
      readonly length?: number;
      readonly digits?: boolean;
      readonly symbols?: boolean;
    }
  | {
      /** Words that can be spoken (proquints), 16 bits each. */
      readonly type: "memorable";
      /** 3 to 16; 5 unless told. */
      readonly words?: number;
      /** Between the words; `-` unless told. */
      readonly separator?: string;
    }
  | {
      /** Digits alone. */
      readonly type: "pin";
      /** 3 to 32; 6 unless told. */
      readonly length?: number;
    };

/** Fills an array with bytes that nobody can guess, and returns it. */
export type RandomBytes = (
  bytes: Uint8Array<ArrayBuffer>,
) => Uint8Array<ArrayBuffer>;

const digits = "0123456789";
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const symbols = "!#$%&*+-./:=?@_~";
const consonants = "bdfghjklmnprstvz";
const vowels = "aiou";

/**
 * A new password, made here; nobody is asked and nothing is sent. All that fit
 * the recipe are equally likely: of random bytes, those that would make some
 * signs likelier are not used, and a random password that lacks one of the
 * kinds it should have is thrown away whole.
 *
 * @throws AssentError "invalid" for a recipe that breaks a rule
 */
export function generatePassword(
  recipe: PasswordRecipe = { type: "random" },
  random: RandomBytes = (bytes) => crypto.getRandomValues(bytes),
): string {
  switch (recipe.type) {
    case "random": {
      const length = inRange("length", recipe.length ?? 24, 8, 128);
      const kinds = [
        letters,
        ...(recipe.digits === false ? [] : [digits]),
        ...(recipe.symbols === false ? [] : [symbols]),
      ];
      for (;;) {
        const text = pick(kinds.join(""), length, random);
        const has = (kind: string) =>
          [...text].some((sign) => kind.includes(sign));
        if (kinds.every(has)) return text;
      }
    }
    case "memorable": {
      const count = inRange("words", recipe.words ?? 5, 3, 16);
      const { separator = "-" } = recipe;
      if (typeof separator !== "string" || separator.length > 8) {
        throw invalid("separator is a text of at most 8 characters");
      }
      return Array.from({ length: count }, () => word(random)).join(separator);
    }
    case "pin":
      return pick(digits, inRange("length", recipe.length ?? 6, 3, 32), random);
    default:
      throw invalid("type is random, memorable or pin");
  }
}

function word(random: RandomBytes): string {
  return [consonants, vowels, consonants, vowels, consonants]
    .map((kind) => pick(kind, 1, random))
    .join("");
}

function pick(signs: string, count: number, random: RandomBytes): string {
  // Above this a byte would make the first signs likelier than the others.
  const limit = 256 - (256 % signs.length);
  let text = "";
  while (text.length < count) {
    const bytes = random(new Uint8Array(count - text.length));
    for (const byte of bytes) {
      if (byte < limit) text += signs[byte % signs.length];
    }
    bytes.fill(0);
  }
  return text;
}

function inRange(
  name: string,
  value: number,
  least: number,
  most: number,
): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(`${name} is a whole number from ${least} to ${most}`);
}

function invalid(rule: string): AssentError {
  return new AssentError("invalid", `Not a recipe for a password: ${rule}.`);
}
