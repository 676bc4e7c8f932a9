// SPDX-License-Identifier: Apache-2.0
import type { ActivityEntry } from "./activity-entry.ts";

/** A file to be saved. */
export interface ActivityFile {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** The entries as JSON, one object a line, as `assent activity --json` writes them. */
export function exportJson(
  entries: readonly ActivityEntry[],
  nowMs: number,
): ActivityFile {
  const lines = entries.map(({ sequence, atMs, text, event }) =>
    JSON.stringify({
      sequence: Number(sequence),
      at: new Date(atMs).toISOString(),
      text,
      event,
    }),
  );
  return file(nowMs, "jsonl", "application/jsonl", lines, "\n");
}

/**
 * The entries as a table. No cell begins as a formula does: programs choose
 * their names, and a spreadsheet would compute them.
 */
export function exportCsv(
  entries: readonly ActivityEntry[],
  nowMs: number,
): ActivityFile {
  const rows = entries.map(({ sequence, atMs, outcome, program, text }) => [
    String(sequence),
    new Date(atMs).toISOString(),
    outcome,
    program?.name ?? "",
    program?.path ?? "",
    text,
  ]);
  const lines = [
    ["sequence", "at", "outcome", "program", "path", "text"],
    ...rows,
  ].map((row) => row.map(cell).join(","));
  return file(nowMs, "csv", "text/csv", lines, "\r\n");
}

function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}

function file(
  nowMs: number,
  extension: string,
  type: string,
  lines: readonly string[],
  end: string,
): ActivityFile {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return {
    name: `assent-activity-${day}.${extension}`,
    type,
    text: lines.map((line) => line + end).join(""),
  };
}
