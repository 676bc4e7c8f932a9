// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command } from "commander";
import { bashScript } from "../completion/bash.ts";
import { commandTree } from "../completion/command-tree.ts";
import { fishScript } from "../completion/fish.ts";
import { zshScript } from "../completion/zsh.ts";
import { type Io, write } from "../io.ts";
import { takesHome, withExamples } from "../options.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type ShellName = keyof typeof scripts;

/** `assent completion`: what a shell has to know of every command, from the one definition of them. */
export function addCompletionCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("completion")
        .description("print a script that completes assent in your shell"),
    ).addArgument(
      new Argument("<shell>", "which shell").choices(Object.keys(scripts)),
    ),
    "source <(assent completion bash)      in ~/.bashrc",
    "source <(assent completion zsh)       in ~/.zshrc, after compinit",
    "assent completion fish >~/.config/fish/completions/assent.fish",
  ).action((shell: ShellName) =>
    write(io.stdout, scripts[shell](commandTree(program))),
  );
}
