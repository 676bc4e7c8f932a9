// SPDX-License-Identifier: Apache-2.0

/** One character as it is shown: itself, or an escape that is never cut. */
export interface Unit {
  readonly text: string;
  /** Characters (code points) of `text`. */
  readonly length: number;
  /** The text stands for something that cannot be shown as it is. */
  readonly escaped: boolean;
}

/** Where text was left out. */
export const elisionMark: string = "<…>";

/**
 * Split text into what can be shown and escapes for what cannot: control,
 * format, private, surrogate and unassigned characters, line and paragraph
 * separators, default-ignorables (variation selectors and tags among them),
 * glyphs that are blank, every space but U+0020, a space that pads (at either
 * end, or after another), a combining mark with nothing to stand on, and more
 * than three in a row. What already is such an escape stays one.
 */
export function toUnits(text: string): Unit[] {
  const units: Unit[] = [];
  let marks = 0;
  for (let at = 0; at < text.length; ) {
    const present = escapeAt(text, at);
    const character =
      present ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += character.length;
    if (present !== undefined) {
      units.push(unit(present, true));
      continue;
    }
    const before = units.at(-1);
    const stands = before !== undefined && !before.escaped;
    marks = mark.test(character) ? marks + 1 : 0;
    const shown =
      character === " "
        ? before !== undefined && !isSpace(before) && at < text.length
        : marks > 0
          ? stands &&
            before.text !== " " &&
            marks <= 3 &&
            !hidden.test(character)
          : character === "<"
            ? !escapeLike.test(text.slice(at, at + 2))
            : !hidden.test(character);
    units.push(
      shown ? unit(character, false) : unit(escapeOf(character), true),
    );
  }
  return units;
}

/** Characters of all units. */
export function unitsLength(units: readonly Unit[]): number {
  return units.reduce((sum, { length }) => sum + length, 0);
}

const mark = /\p{M}/u;
// Blank although they are symbols: braille blank, null notehead; and the
// character that stands for an object that is not there.
const hidden =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Variation_Selector}[\p{Zs}--[ ]]\u{2800}\u{1D159}\u{FFFC}]/v;
const escapeForm = /<(?:U\+([0-9A-F]{4,6})|0x[89A-F][0-9A-F]|…)>/y;
const escapeLike = /^(?:[Uu]\+|0[xX]|…)/;

// The escape that stands at `at`, if it is one that toUnits itself could write.
function escapeAt(text: string, at: number): string | undefined {
  escapeForm.lastIndex = at;
  const found = escapeForm.exec(text);
  if (found === null) return undefined;
  if (found[1] === undefined) return found[0];
  const value = Number.parseInt(found[1], 16);
  if (value > 0x10ffff) return undefined;
  const character = String.fromCodePoint(value);
  const escapable =
    character === " " ||
    character === "<" ||
    mark.test(character) ||
    hidden.test(character);
  return escapable && escapeOf(character) === found[0] ? found[0] : undefined;
}

function escapeOf(character: string): string {
  const value = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `<U+${value.padStart(4, "0")}>`;
}

function isSpace({ text }: Unit): boolean {
  return text === " " || text === "<U+0020>";
}

function unit(text: string, escaped: boolean): Unit {
  return { text, length: escaped ? text.length : 1, escaped };
}
