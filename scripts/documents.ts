// SPDX-License-Identifier: Apache-2.0
// Reads the documents of the repository, for the tests that keep them true.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The root of the repository, with a slash at its end. */
export const root: string = new URL("../", import.meta.url).pathname;

/** A file of the repository, as text. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Files of the working tree, those that git ignores aside; `pattern` as git takes it. */
export function files(pattern: string): string[] {
  return execFileSync(
    "git",
    ["ls-files", "-co", "--exclude-standard", "--", pattern],
    { cwd: root, encoding: "utf8" },
  )
    .split("\n")
    .filter((path) => path !== "" && existsSync(join(root, path)));
}

/** Every Markdown document, changelogs aside: those are written by a tool. */
export const documents: readonly string[] = files("*.md").filter(
  (path) => !path.endsWith("CHANGELOG.md"),
);

/** A fenced block. */
export interface Block {
  /** What follows the fence, as in `js`. */
  readonly language: string;
  readonly text: string;
  /** The file that a comment before the block names: `<!-- snippet: FILE -->`. */
  readonly snippet: string | undefined;
}

/** The fenced blocks of a document. */
export function blocks(markdown: string): Block[] {
  const fenced = /(?:^<!-- snippet: (\S+) -->\n)?^```(\S*)\n(.*?)^```$/gms;
  return [...markdown.matchAll(fenced)].map(([, snippet, language, text]) => ({
    snippet,
    language: language ?? "",
    text: text ?? "",
  }));
}

/** The document without its fenced blocks. */
export function prose(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, "");
}

/** What stands between backticks in the prose, on one line each. */
export function inlineCode(markdown: string): string[] {
  return [...prose(markdown).matchAll(/`([^`]+)`/g)].map(([, code]) =>
    (code ?? "").replace(/\s+/g, " "),
  );
}

/** The lines that somebody types into a shell: all of a `sh` block, those after `$` of a `console` block. */
export function shellLines(markdown: string): string[] {
  return blocks(markdown).flatMap(({ language, text }) => {
    const lines = text.split("\n");
    if (language === "sh") return lines;
    if (language !== "console") return [];
    return lines
      .filter((line) => line.startsWith("$ "))
      .map((line) => line.slice(2));
  });
}

/** Anchors of the headings, as code hosts make them, and those that are written out. */
export function anchors(markdown: string): Set<string> {
  const text = prose(markdown);
  const found = new Set<string>();
  for (const [, heading] of text.matchAll(/^#+ (.*)$/gm)) {
    const anchor = (heading ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let more = 1; found.has(unique); more += 1) {
      unique = `${anchor}-${more}`;
    }
    found.add(unique);
  }
  for (const [, id] of text.matchAll(/<a id="([^"]+)">/g)) found.add(id ?? "");
  return found;
}

/** The cells of the table that follows `<!-- imports: FOLDER -->`, without its head. */
export function importTable(markdown: string, folder: string): string[][] {
  const [, after = ""] = markdown.split(`<!-- imports: ${folder} -->\n`);
  const [table = ""] = after.split("\n\n");
  return table
    .split("\n")
    .slice(2)
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
