// SPDX-License-Identifier: Apache-2.0

/** The language of the catalogue. */
export const language: string = "en";

// Made when they are first used: the data of a language takes a while to load.
let numbers: Intl.NumberFormat | undefined;
let rules: Intl.PluralRules | undefined;

/** A count and what is counted: `count(1, "item")`, `count(2, "vault")`. */
export function count(n: number, one: string, other = `${one}s`): string {
  numbers ??= new Intl.NumberFormat(language);
  rules ??= new Intl.PluralRules(language);
  return `${numbers.format(n)} ${rules.select(n) === "one" ? one : other}`;
}

/** Words in a row: `Dev`, `Dev and CI`, `Dev, CI and Ops`. */
export function inARow(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  const others = words.slice(0, -1);
  return others.length === 0 ? last : `${others.join(", ")} and ${last}`;
}
