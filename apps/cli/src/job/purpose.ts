// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";

/**
 * A command as its prompt says it: where it was found, what was opened there,
 * its arguments. What is too long loses its middle, and says how much.
 */
export function describeJob(
  path: string,
  realPath: string,
  args: readonly string[],
): string {
  const found =
    path === realPath ? [quote(path)] : [quote(path), `(${quote(realPath)})`];
  const whole = ["run", ...found, ...args.map(quote)].join(" ");
  return shorten(whole, limits.purposeLength);
}

/** What a template is filled for, as its prompt says it. */
export function describeFilling(
  template: string | undefined,
  out: string | undefined,
): string {
  const from = template === undefined ? "its input" : quote(template);
  const to = out === undefined ? "its output" : quote(out);
  return shorten(`fill in ${from}, into ${to}`, limits.purposeLength);
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  // Code points, so that none is cut in two.
  const signs = [...text];
  const gap = (left: number) => ` … (${left} characters left out) … `;
  const room = most - gap(signs.length).length;
  const head = atMost(signs, Math.ceil((room * 2) / 3));
  const tail = atMost(signs.toReversed(), room - head.join("").length);
  return [
    ...head,
    gap(signs.length - head.length - tail.length),
    ...tail.toReversed(),
  ].join("");
}

function atMost(signs: readonly string[], units: number): string[] {
  const taken: string[] = [];
  let length = 0;
  for (const sign of signs) {
    length += sign.length;
    if (length > units) break;
    taken.push(sign);
  }
  return taken;
}
