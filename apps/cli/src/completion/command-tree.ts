// SPDX-License-Identifier: Apache-2.0
import type { Command, Option } from "commander";

/** What may follow at some place of the command line. */
export type Value =
  | { readonly kind: "word"; readonly choices: readonly string[] }
  | { readonly kind: "directory" }
  | { readonly kind: "file" };

/** An option, as a shell has to know it. */
export interface OptionFacts {
  /** As in `--home`; the short form first, if there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What it is followed by; undefined: nothing. */
  readonly value: Value | undefined;
}

/** A command at its place. */
export interface CommandFacts {
  /** The words that lead to it, without the program's own name. */
  readonly path: readonly string[];
  readonly description: string;
  /** Words that may follow: subcommands, and choices of the first argument. */
  readonly words: readonly {
    readonly word: string;
    readonly description: string;
  }[];
  readonly options: readonly OptionFacts[];
}

/** Every command that `--help` shows, the program itself first. */
export function commandTree(
  command: Command,
  path: readonly string[] = [],
): CommandFacts[] {
  const help = command.createHelp();
  const below = help
    .visibleCommands(command)
    .filter((each) => each.name() !== "help");
  const [argument] = command.registeredArguments;
  const facts: CommandFacts = {
    path,
    description: firstLine(command.description()),
    words: [
      ...below.map((each) => ({
        word: each.name(),
        description: firstLine(each.description()),
      })),
      ...(argument?.argChoices ?? []).map((word) => ({
        word,
        description: "",
      })),
    ],
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: firstLine(option.description),
      value:
        option.required || option.optional ? valueAfter(option) : undefined,
    })),
  };
  return [
    facts,
    ...below.flatMap((each) => commandTree(each, [...path, each.name()])),
  ];
}

// What is written in angle brackets says what it stands for.
function valueAfter(option: Option): Value {
  if (/<dir>/.test(option.flags)) return { kind: "directory" };
  if (/<file>/.test(option.flags)) return { kind: "file" };
  return { kind: "word", choices: option.argChoices ?? [] };
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
