// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import {
  collect,
  takesCredential,
  wholeNumber,
  withExamples,
} from "../options.ts";
import {
  categoryNames,
  type FieldSpec,
  fieldTypes,
  readFieldSpec,
} from "./field-spec.ts";
import {
  type CreateOptions,
  createItem,
  type EditOptions,
  editItem,
} from "./item-change.ts";

/** `assent item create`. */
export function addCreateCommand(item: Command, io: Io): void {
  withExamples(
    takesFields(
      takesCredential(
        item
          .command("create")
          .argument("<vault>", "name or id")
          .argument("<title>", "its title"),
      ),
    )
      .addOption(
        new Option("--category <name>", "what kind of thing it is")
          .choices(categoryNames)
          .default("login"),
      )
      .description("make an item; asks for the value of each field"),
    "assent item create Dev GitHub --field user:text --field token",
    "assent item create Dev GitHub --field key:ssh-key --stdin < id_ed25519.pem",
    "assent item create Dev Database --field password --generate",
  ).action((vault: string, title: string, options: CreateOptions) =>
    createItem(io, vault, title, options),
  );
}

/** `assent item edit`. */
export function addEditCommand(item: Command, io: Io): void {
  withExamples(
    takesFields(
      takesCredential(
        item
          .command("edit")
          .argument("<vault>", "name or id")
          .argument("<item>", "title or id"),
      ),
    )
      .option("--title <title>", "a new title")
      .option(
        "--remove-field <name>",
        "a field to remove; may be repeated",
        collectFields,
      )
      .description("change an item; asks for the value of each field named"),
    "assent item edit Dev GitHub --field token",
    "assent item edit Dev GitHub --title GitHub-old --remove-field user",
    "assent item edit Dev Database --field password --generate 32",
  ).action((vault: string, title: string, options: EditOptions) =>
    editItem(io, vault, title, options),
  );
}

function takesFields(command: Command): Command {
  return command
    .option(
      "--field <name>",
      `[SECTION/]NAME[:TYPE], may be repeated; TYPE is ${fieldTypes.join(", ")}; new ones are concealed`,
      collectFields,
    )
    .option(
      "--stdin",
      "the input holds the values: all of it for one field, a line each for several",
    )
    .addOption(
      new Option(
        "--generate [signs]",
        "a new random password for each field named; nothing is asked",
      )
        .argParser(wholeNumber)
        .conflicts("stdin"),
    )
    .option(
      "--notes",
      "notes as well: asked for, or what follows the values in the input",
    )
    .option(
      "--url <address>",
      "where it is used, in the place of what is there; may be repeated",
      collect,
    )
    .option(
      "--tag <name>",
      "a label, in the place of those that are there; may be repeated",
      collect,
    );
}

function collectFields(text: string, previous: FieldSpec[] = []): FieldSpec[] {
  return [...previous, readFieldSpec(text)];
}
