// SPDX-License-Identifier: Apache-2.0
import { type Io, writeLine } from "./io.ts";
import { textWidth } from "./terminal/text.ts";

/** Options of every command that lists. */
export interface JsonOptions {
  readonly json?: boolean;
}

/** Write a value as JSON, for programs. */
export function writeJson(io: Io, value: unknown): Promise<void> {
  return writeLine(io.stdout, JSON.stringify(value, null, 2));
}

/** Write rows whose columns stand below each other; texts have to be safe to show. */
export async function writeTable(
  io: Io,
  rows: readonly (readonly string[])[],
): Promise<void> {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, column) => {
      widths[column] = Math.max(widths[column] ?? 0, textWidth(text));
    });
  }
  for (const row of rows) {
    const line = row.map((text, column) => pad(text, widths[column] ?? 0));
    await writeLine(io.stdout, line.join("  ").trimEnd());
  }
}

/** Fill text up with spaces to a number of columns. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(width - textWidth(text), 0));
}
