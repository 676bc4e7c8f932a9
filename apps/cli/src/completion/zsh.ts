// SPDX-License-Identifier: Apache-2.0
import type { CommandFacts, Value } from "./command-tree.ts";
import { branches, type Shell, singleQuoted } from "./shell.ts";

/** A script for zsh; to be sourced after compinit, or put into $fpath as _assent. */
export const zshScript: Shell = (tree) => `#compdef assent
_assent() {
  local at='' word before=\${words[CURRENT-1]}
  local -a list
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      ${branches.commands(tree)}) at="$at $word" ;;
    esac
  done
  case "$at $before" in
${branches.values(tree, reply)}
  esac
  case $at in
${tree.map((command) => `    ${branches.at(command)}) list=(${allOf(command).join(" ")}) ;;`).join("\n")}
  esac
  _describe -o assent list
}
if [ "$funcstack[1]" = _assent ]; then _assent "$@"; else compdef _assent assent; fi
`;

function reply(value: Value): string {
  if (value.kind === "directory") return "_files -/; return";
  if (value.kind === "file") return "_files; return";
  if (value.choices.length === 0) return "return";
  return `compadd -- ${value.choices.map(singleQuoted).join(" ")}; return`;
}

// As _describe has it: a colon parts the word from what is said of it.
function allOf({ words, options }: CommandFacts): string[] {
  return [
    ...words,
    ...options.flatMap(({ flags, description }) =>
      flags.map((word) => ({ word, description })),
    ),
  ].map(({ word, description }) =>
    singleQuoted(description === "" ? word : `${word}:${description}`),
  );
}
