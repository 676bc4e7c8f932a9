// SPDX-License-Identifier: Apache-2.0
import {
  type DescribedPrompt,
  type LabelledText,
  notChecked,
  scopeHeading,
} from "@assent/wording";
import { pad } from "../output.ts";
import { type Style, wrap } from "../terminal/text.ts";

/**
 * A prompt as lines of at most `width` columns, whole: facts of the system
 * first, what the program says of itself apart and marked, warnings, what
 * approval allows and for how long (PRM-001 to PRM-004). Nothing is cut.
 */
export function renderPrompt(
  prompt: DescribedPrompt,
  width: number,
  style: Style,
): string[] {
  return [
    ...wrap(prompt.headline, width).map(style.bold),
    "",
    ...program(prompt, width, style),
    ...claims(prompt, width, style),
    "",
    ...warnings(prompt, width, style),
    ...scope(prompt, width, style),
    ...indented(prompt.until.slice(0, 1), width, 2),
    ...indented(prompt.until.slice(1), width, 4).map(style.dim),
    ...prompt.notes.flatMap((note) => ["", ...wrap(note, width)]),
    ...(prompt.problem === undefined
      ? []
      : ["", ...wrap(prompt.problem, width).map(style.danger)]),
  ];
}

function program(
  { program: { name, path, source, facts } }: DescribedPrompt,
  width: number,
  style: Style,
): string[] {
  return [
    ...indented([name], width, 2).map(style.bold),
    ...boldEnd(indented([path], width, 2), lastComponent(path).length, style),
    ...indented([source], width, 2).map(style.dim),
    ...labelled(facts, width),
  ];
}

function claims(
  { claims }: DescribedPrompt,
  width: number,
  style: Style,
): string[] {
  if (claims.length === 0) return [];
  const marked = claims.map(({ label, text }) => ({
    label,
    // Stays together where the line breaks.
    text: `${text} [${notChecked.replaceAll(" ", "\u00a0")}]`,
  }));
  const rule = `  ${"- ".repeat(Math.max(Math.floor((width - 4) / 2), 1))}`;
  return [style.dim(rule.trimEnd()), ...labelled(marked, width)];
}

function warnings(
  { warnings }: DescribedPrompt,
  width: number,
  style: Style,
): string[] {
  return warnings.flatMap(({ severity, title, text }) => {
    const [first = "", ...more] = wrap(`${title} ${text}`, width - 3);
    const mark = severity === "danger" ? "!! " : "!  ";
    const paint = severity === "danger" ? style.danger : style.caution;
    return [
      paint(`${mark}${first}`),
      ...more.map((line) => paint(`   ${line}`)),
      "",
    ];
  });
}

function scope(
  { scope }: DescribedPrompt,
  width: number,
  style: Style,
): string[] {
  return [
    style.dim(scopeHeading),
    ...scope.flatMap(({ text, details }) => [
      ...indented([text], width, 2),
      ...indented(details, width, 4).map(style.dim),
    ]),
  ];
}

const labelWidth = 16;

function labelled(lines: readonly LabelledText[], width: number): string[] {
  return lines.flatMap(({ label, text }) => {
    const [first = "", ...more] = wrap(text, width - labelWidth - 2);
    return [
      `  ${pad(label, labelWidth)}${first}`,
      ...more.map((line) => `  ${" ".repeat(labelWidth)}${line}`),
    ];
  });
}

function indented(
  texts: readonly string[],
  width: number,
  indent: number,
): string[] {
  const space = " ".repeat(indent);
  return texts.flatMap((text) =>
    wrap(text, width - indent).map((line) => space + line),
  );
}

function lastComponent(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

// The last `length` characters, which may go over several lines, in bold.
function boldEnd(
  lines: readonly string[],
  length: number,
  style: Style,
): string[] {
  let left = length;
  return lines
    .toReversed()
    .map((line) => {
      const part = Math.min(left, line.trimStart().length);
      left -= part;
      const at = line.length - part;
      return part === 0 ? line : line.slice(0, at) + style.bold(line.slice(at));
    })
    .reverse();
}
