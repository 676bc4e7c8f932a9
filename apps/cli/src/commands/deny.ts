// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesHome, withExamples } from "../options.ts";
import { type HomeOptions, withOwner } from "../owner/session.ts";

/** `assent deny`: needs nothing but the prompt's id. */
export function addDenyCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("deny")
        .argument("<id>", "of the prompt, as assent prompts tells it")
        .description("deny a request; ends every waiting call of the program"),
    ),
    "assent deny abcdefghijklmnopqrstuvwxyz",
  ).action((id: string, options: HomeOptions) =>
    withOwner(io, options, async (owner) => {
      await owner.prompts.deny({ promptId: id });
      await writeLine(io.stdout, "Denied. Nothing was given.");
    }),
  );
}
