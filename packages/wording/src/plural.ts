// SPDX-License-Identifier: Apache-2.0

/** The language of the catalogue. */
export const language: string = "en";

const rules = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/** A count and what is counted: `count(1, "item")`, `count(2, "vault")`. */
export function count(n: number, one: string, other = `${one}s`): string {
  return `${numbers.format(n)} ${rules.select(n) === "one" ? one : other}`;
}

/** Words in a row: `Dev`, `Dev and CI`, `Dev, CI and Ops`. */
export function inARow(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  const others = words.slice(0, -1);
  return others.length === 0 ? last : `${others.join(", ")} and ${last}`;
}
