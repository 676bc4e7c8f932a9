// SPDX-License-Identifier: Apache-2.0

/**
 * A JSON line of the log as people read it: time, level, sentence, fields. A
 * value that is not one plain word is quoted, so that no field can pass for
 * another, nor for a second line (T21).
 */
export function toTextLine(json: string): string {
  const { time, level, message, event: _, ...fields } = JSON.parse(json);
  const parts = Object.entries(fields).map(
    ([name, value]) => `${name}=${quoted(value)}`,
  );
  return `${[time, level.padEnd(5), message, ...parts].join(" ")}\n`;
}

function quoted(value: unknown): string {
  const text = String(value);
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
