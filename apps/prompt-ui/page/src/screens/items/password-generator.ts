// SPDX-License-Identifier: Apache-2.0

/** What a generated password is made of. */
export interface GeneratorOptions {
  /** Characters, 8 to 100. */
  readonly length: number;
  readonly letters: boolean;
  readonly digits: boolean;
  readonly symbols: boolean;
  /** Also characters that are easily mistaken for others. */
  readonly lookAlikes: boolean;
}

/** What is offered first. */
export const usualOptions: GeneratorOptions = {
  length: 24,
  letters: true,
  digits: true,
  symbols: true,
  lookAlikes: false,
};

/** Shortest and longest password. */
export const generatorLimits: {
  readonly least: number;
  readonly most: number;
} = { least: 8, most: 100 };

/** Fills an array with random bytes, as `crypto.getRandomValues` does. */
export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => void;

const classes = {
  letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  digits: "0123456789",
  symbols: "!#%*+-.:=?@^_~",
} as const;

const lookAlikes = /[0O1Il5S2Z8B]/g;

type ClassName = keyof typeof classes;

/** The kinds of characters that the options choose, each as a text of its own. */
export function chosenClasses(options: GeneratorOptions): readonly string[] {
  return (Object.keys(classes) as ClassName[])
    .filter((name) => options[name])
    .map((name) =>
      options.lookAlikes
        ? classes[name]
        : classes[name].replace(lookAlikes, ""),
    );
}

/**
 * How hard the password is to guess, in bits. A little below the truth for
 * short ones, since each kind has to occur.
 */
export function strengthBits(options: GeneratorOptions): number {
  const size = chosenClasses(options).join("").length;
  return size === 0 ? 0 : options.length * Math.log2(size);
}

/**
 * A random password, each kind of character in it at least once, all such
 * passwords equally likely: bytes that would favour some characters are thrown
 * away, and so are passwords that lack a kind. ASCII bytes; the caller zeroes
 * them.
 *
 * @throws RangeError when no kind is chosen, or the length is out of bounds
 */
export function generatePassword(
  options: GeneratorOptions,
  fillRandom: FillRandom,
): Uint8Array<ArrayBuffer> {
  const { length } = options;
  const kinds = chosenClasses(options).map((kind) =>
    new TextEncoder().encode(kind),
  );
  const isLength =
    Number.isInteger(length) &&
    length >= generatorLimits.least &&
    length <= generatorLimits.most;
  if (kinds.length === 0 || !isLength) {
    throw new RangeError("a password has a length and kinds of characters");
  }
  const alphabet = Uint8Array.from(kinds.flatMap((kind) => [...kind]));
  const password = new Uint8Array(length);
  do fill(password, alphabet, fillRandom);
  while (!kinds.every((kind) => kind.some((byte) => password.includes(byte))));
  return password;
}

function fill(
  password: Uint8Array,
  alphabet: Uint8Array,
  fillRandom: FillRandom,
): void {
  // The largest multiple of the alphabet's size that a byte can be below.
  const bound = 256 - (256 % alphabet.length);
  const random = new Uint8Array(2 * password.length);
  let at = 0;
  while (at < password.length) {
    fillRandom(random);
    for (const byte of random) {
      if (byte >= bound || at === password.length) continue;
      password[at] = alphabet[byte % alphabet.length] ?? 0;
      at += 1;
    }
  }
  random.fill(0);
}
