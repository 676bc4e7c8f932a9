// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import {
  collect,
  takesCredential,
  takesJson,
  withExamples,
} from "../options.ts";
import type { AccountOptions } from "../owner/session.ts";
import { categoryNames, readFieldSpec } from "./field-spec.ts";
import { type RemoveOptions, removeItem } from "./item-change.ts";
import { type CodeOptions, showCode } from "./item-code.ts";
import { addCreateCommand, addEditCommand } from "./item-fields.ts";
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

  addCreateCommand(item, io);

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

  addEditCommand(item, io);

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
