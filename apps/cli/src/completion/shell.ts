// SPDX-License-Identifier: Apache-2.0
import type { CommandFacts, Value } from "./command-tree.ts";

/** Writes the script of one shell. */
export type Shell = (tree: readonly CommandFacts[]) => string;

/** Text in single quotes, as all three shells read it; a quote in it becomes a typographic one. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "’").replaceAll("\\", "")}'`;
}

/** Patterns of `case`, as bash and zsh have it: words are joined by spaces, each with one before it. */
export const branches = {
  /** Of a command. */
  at: ({ path }: CommandFacts): string =>
    singleQuoted(path.map((word) => ` ${word}`).join("")),
  /** Of all commands but the program itself. */
  commands: (tree: readonly CommandFacts[]): string =>
    tree.slice(1).map(branches.at).join("|"),
  /** Of options that a value follows, with what to do there. */
  values: (
    tree: readonly CommandFacts[],
    action: (value: Value) => string,
  ): string =>
    tree
      .flatMap((command) =>
        command.options.map(({ flags, value }) => {
          const where = flags.map((flag) =>
            branches.at({ ...command, path: [...command.path, flag] }),
          );
          return value && `    ${where.join("|")}) ${action(value)} ;;`;
        }),
      )
      .filter((line) => line !== undefined)
      .join("\n"),
};
