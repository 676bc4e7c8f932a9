// SPDX-License-Identifier: Apache-2.0
import type { PasswordRecipe } from "@assent/sdk-node";
import { type Command, Option } from "commander";
import { usageError } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import { takesHome, wholeNumber, withExamples } from "../options.ts";
import { newPassword } from "./new-password.ts";

interface GenerateOptions {
  readonly type: PasswordRecipe["type"];
  readonly length?: number;
  readonly words?: number;
  readonly separator?: string;
  readonly digits: boolean;
  readonly symbols: boolean;
}

/** `assent generate`: new passwords, made here. */
export function addGenerateCommands(program: Command, io: Io): void {
  const generate = program
    .command("generate")
    .description("make new passwords; asks nobody and needs no broker");
  withExamples(
    takesHome(
      generate
        .command("password")
        .addOption(
          new Option("--type <kind>", "what it is made of")
            .choices(["random", "memorable", "pin"])
            .default("random"),
        )
        .option(
          "--length <number>",
          "signs of a random one, or digits",
          wholeNumber,
        )
        .option("--words <number>", "words of a memorable one", wholeNumber)
        .option("--separator <text>", "between the words of a memorable one")
        .option("--no-digits", "a random one without digits")
        .option("--no-symbols", "a random one without symbols")
        .description(
          "make a password: random signs, words that can be spoken, or a PIN",
        ),
    ),
    "assent generate password",
    "assent generate password --type memorable --words 6",
    "assent item create Dev GitHub --field token --stdin < <(assent generate password)",
  ).action((options: GenerateOptions) => writeLine(io.stdout, make(options)));
}

function make(options: GenerateOptions): string {
  const { type, length, words, separator, digits, symbols } = options;
  if (type === "memorable" ? length !== undefined : words !== undefined) {
    throw usageError(
      "--words is for memorable passwords, --length for the others.",
    );
  }
  return newPassword({
    type,
    ...(length === undefined ? {} : { length }),
    ...(words === undefined ? {} : { words }),
    ...(separator === undefined ? {} : { separator }),
    ...(type === "random" ? { digits, symbols } : {}),
  });
}
