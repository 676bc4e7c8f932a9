// SPDX-License-Identifier: Apache-2.0
import type { CommandFacts, OptionFacts } from "./command-tree.ts";
import { branches, type Shell, singleQuoted } from "./shell.ts";

/** A script for fish. */
export const fishScript: Shell = (tree) => `# assent, for fish
function __assent_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        if contains -- "$at $word" ${tree.slice(1).map(branches.at).join(" ")}
            set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c assent -f
${tree.flatMap(lines).join("\n")}
`;

function lines(command: CommandFacts): string[] {
  const at = `complete -c assent -n "__assent_at ${branches.at(command)}"`;
  return [
    ...command.words.map(
      ({ word, description }) =>
        `${at} -a ${singleQuoted(word)}${described(description)}`,
    ),
    ...command.options.map(
      (option) =>
        `${at}${option.flags.map(flag).join("")}${described(option.description)}${follows(option)}`,
    ),
  ];
}

function flag(text: string): string {
  return text.startsWith("--")
    ? ` -l ${text.slice(2)}`
    : ` -s ${text.slice(1)}`;
}

function described(text: string): string {
  return text === "" ? "" : ` -d ${singleQuoted(text)}`;
}

function follows({ value }: OptionFacts): string {
  if (value === undefined) return "";
  if (value.kind === "directory")
    return " -r -a '(__fish_complete_directories)'";
  if (value.kind === "file") return " -r -F";
  return value.choices.length === 0
    ? " -x"
    : ` -x -a ${singleQuoted(value.choices.join(" "))}`;
}
