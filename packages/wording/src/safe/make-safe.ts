// SPDX-License-Identifier: Apache-2.0
import { elisionMark, toUnits, type Unit, unitsLength } from "./units.ts";
import { decodeVisibly } from "./utf8.ts";

/** How text is made safe. */
export interface SafeOptions {
  /**
   * Most characters of the result, at least 16; by default 4,096. What is
   * longer loses its middle. The last path component is kept whole (up to the
   * 255 characters a file name can have), even if the result gets longer by it.
   */
  readonly maxLength?: number;
}

/**
 * Make text from outside safe to show and to log: the one place where this is
 * done, for every field and every surface (T21, PRM-006). The result holds
 * nothing that a terminal, a browser or a reader takes for something else:
 * bytes that are no UTF-8 become `<0xNN>`, what cannot be seen or moves other
 * text becomes `<U+XXXX>`, and what is too long loses its middle to `<…>`.
 *
 * Doing it twice changes nothing, so every surface may do it again. Hence text
 * that literally holds such an escape looks like the escape; it never passes
 * for clean, since `isDeceptive` counts both alike. A `<` that only resembles
 * the beginning of an escape is itself escaped.
 */
export function makeSafe(
  text: string | Uint8Array,
  options: SafeOptions = {},
): string {
  const decoded = typeof text === "string" ? text : decodeVisibly(text);
  const units = elide(
    toUnits(decoded),
    Math.max(options.maxLength ?? 4_096, 16),
  );
  return units.map(({ text: shown }) => shown).join("");
}

const fileNameLength = 255;
const shortestHead = 8;

function elide(units: Unit[], maxLength: number): Unit[] {
  if (unitsLength(units) <= maxLength) return units;
  const left = maxLength - elisionMark.length;
  const tailLength = Math.max(Math.ceil(left / 2), lastComponentLength(units));
  const head = take(units, Math.max(left - tailLength, shortestHead));
  const tail = take(units.toReversed(), tailLength).reverse();
  // A combining mark needs what it stands on.
  while (/^\p{M}/u.test(tail[0]?.text ?? "")) tail.shift();
  const gap = {
    text: elisionMark,
    length: elisionMark.length,
    escaped: true,
  };
  return [...head, gap, ...tail];
}

// Units from the start that have at most `length` characters together; never
// across a place where text was left out before.
function take(units: readonly Unit[], length: number): Unit[] {
  const taken: Unit[] = [];
  let sum = 0;
  for (const unit of units) {
    sum += unit.length;
    if (sum > length || unit.text === elisionMark) break;
    taken.push(unit);
  }
  return taken;
}

// From the last slash on, which belongs to it, or from where text was left out.
function lastComponentLength(units: readonly Unit[]): number {
  const start = units.findLastIndex(
    ({ text }) => text === "/" || text === elisionMark,
  );
  if (start < 0) return 0;
  const from = units[start]?.text === "/" ? start : start + 1;
  return unitsLength(
    units.slice(Math.max(from, units.length - fileNameLength)),
  );
}
