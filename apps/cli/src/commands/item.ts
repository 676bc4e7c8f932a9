// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import {
  collect,
  takesCredential,
  takesJson,
  wholeNumber,
  withExamples,
} from "../options.ts";
import type { AccountOptions } from "../owner/session.ts";
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
  type RemoveOptions,
  removeItem,
} from "./item-change.ts";
import { type CodeOptions, showCode } from "./item-code.ts";
import { addFileCommands } from "./item-file.ts";
import { moveItem } from "./item-move.ts";
import {
  type ListOptions,
  listTitles,
  type ShowOptions,
  showItem,
} from "./item-show.ts";

/** `assent item`: the items of a vault. */
export function addItemCommands(program: Command, io: Io): void {
  const item = program
    .command("item")
    .description("the items of a vault; values never come from arguments");
  const withVault = (command: Command) =>
    command.argument("<vault>", "name or id");
  const withItem = (command: Command) =>
    withVault(command).argument("<item>", "title or id");

  withExamples(
    takesFields(
      takesCredential(
        withVault(item.command("create")).argument("<title>", "its title"),
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

  withExamples(
    takesJson(
      takesCredential(
        withVault(item.command("list"))
          .option("--archived", "archived ones as well")
          .addOption(
            new Option("--category <name>", "only things of this kind").choices(
              categoryNames,
            ),
          )
          .option(
            "--tag <name>",
            "only those with this label; may be repeated, all of them count",
            collect,
          )
          .description("titles, without any secret"),
      ),
    ),
    "assent item list Dev",
    "assent item list Dev --category login --tag work",
  ).action((vault: string, options: ListOptions) =>
    listTitles(io, vault, options),
  );

  withExamples(
    takesJson(
      takesCredential(
        withItem(item.command("show"))
          .option("--reveal", "show what is concealed")
          .option(
            "--field <name>",
            "write the value of this field alone, as it is",
            readFieldSpec,
          )
          .description("one item; what is concealed stays so"),
      ),
    ),
    "assent item show Dev GitHub",
    "assent item show Dev GitHub --field token",
  ).action((vault: string, title: string, options: ShowOptions) =>
    showItem(io, vault, title, options),
  );

  withExamples(
    takesCredential(
      item
        .command("otp")
        .argument("<place>", "a vault, or a reference to a field")
        .argument("[item]", "title or id, after a vault")
        .option(
          "--field <name>",
          "which, when an item has several",
          readFieldSpec,
        )
        .description("the one-time code of now"),
    ),
    "assent item otp Dev GitHub",
    "assent item otp assent://Dev/GitHub/code",
  ).action((place: string, title: string | undefined, options: CodeOptions) =>
    showCode(io, place, title, options),
  );

  withExamples(
    takesFields(takesCredential(withItem(item.command("edit"))))
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

  withExamples(
    takesCredential(
      withItem(item.command("move"))
        .argument("<to>", "the vault that it goes to, name or id")
        .description("move an item into another vault, with its files"),
    ),
    "assent item move Dev GitHub Ops",
  ).action(
    (vault: string, title: string, to: string, options: AccountOptions) =>
      moveItem(io, vault, title, to, options),
  );

  withExamples(
    takesCredential(
      withItem(item.command("remove"))
        .option("--archive", "archive it instead: no reference finds it")
        .description("delete an item, for good"),
    ),
    "assent item remove Dev GitHub",
  ).action((vault: string, title: string, options: RemoveOptions) =>
    removeItem(io, vault, title, options),
  );

  addFileCommands(item, io);
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
