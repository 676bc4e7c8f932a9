// SPDX-License-Identifier: Apache-2.0

/** Columns that text takes on a terminal: wide characters two, marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

// Wide by East Asian Width, as far as scripts and emoji tell it.
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

function characterWidth(character: string): number {
  if (character < "\u0300") return 1;
  if (/\p{M}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/**
 * Break text into lines of at most `width` columns, at spaces where that is
 * possible, else behind a slash, else anywhere. Apart from a space where a line
 * breaks, nothing is left out.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (textWidth(rest) > width) {
    const fits = prefixOfWidth(rest, width);
    const space = rest.startsWith(" ", fits.length)
      ? fits.length
      : fits.lastIndexOf(" ");
    const slash = fits.lastIndexOf("/") + 1;
    if (space > 0) {
      lines.push(rest.slice(0, space));
      rest = rest.slice(space + 1);
    } else {
      const end = slash > width / 2 ? slash : fits.length;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
  }
  return [...lines, rest];
}

function prefixOfWidth(text: string, width: number): string {
  let taken = "";
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width && taken !== "") break;
    taken += character;
  }
  return taken;
}

/** How parts of text stand out; each leaves the width alone. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  caution(text: string): string;
  danger(text: string): string;
}

/** Nothing stands out. */
export const plainStyle: Style = {
  bold: (text) => text,
  dim: (text) => text,
  caution: (text) => text,
  danger: (text) => text,
};

const coloured: Style = {
  bold: (text) => `\u001b[1m${text}\u001b[22m`,
  dim: (text) => `\u001b[2m${text}\u001b[22m`,
  caution: (text) => `\u001b[33m${text}\u001b[39m`,
  danger: (text) => `\u001b[1;31m${text}\u001b[22;39m`,
};

/** Colours, unless the user wants none (NO_COLOR, TERM=dumb). */
export function styleFor(
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const none =
    (environment["NO_COLOR"] ?? "") !== "" || environment["TERM"] === "dumb";
  return none ? plainStyle : coloured;
}
