// SPDX-License-Identifier: Apache-2.0
import type { CommandFacts, Value } from "./command-tree.ts";
import { branches, type Shell, singleQuoted } from "./shell.ts";

/** A script for bash; needs nothing but bash. */
export const bashScript: Shell = (tree) => `# assent, for bash
_assent() {
  local at='' before=\${COMP_WORDS[COMP_CWORD-1]} word=\${COMP_WORDS[COMP_CWORD]} i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${branches.commands(tree)}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$at $before" in
${branches.values(tree, reply)}
  esac
  case $at in
${tree.map((command) => `    ${branches.at(command)}) ${words(allOf(command))} ;;`).join("\n")}
  esac
}
complete -F _assent assent
`;

function reply(value: Value): string {
  if (value.kind === "word") return `${words(value.choices)}; return`;
  const kind = value.kind === "file" ? "-f" : "-d";
  return `compopt -o filenames; mapfile -t COMPREPLY < <(compgen ${kind} -- "$word"); return`;
}

// The list is ours; what the user typed is compared and never evaluated.
function words(list: readonly string[]): string {
  return list.length === 0
    ? ":"
    : `mapfile -t COMPREPLY < <(compgen -W ${singleQuoted(list.join(" "))} -- "$word")`;
}

function allOf({ words, options }: CommandFacts): string[] {
  return [
    ...words.map(({ word }) => word),
    ...options.flatMap(({ flags }) => flags),
  ];
}
