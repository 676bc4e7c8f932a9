// SPDX-License-Identifier: Apache-2.0
import { count, makeSafe } from "@assent/wording";
import type { Command } from "commander";
import { usageError } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, takesJson, withExamples } from "../options.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { findVault, operate } from "../owner/operate.ts";
import { type AccountOptions, withCredential } from "../owner/session.ts";

interface DescriptionOptions extends AccountOptions {
  readonly description?: string;
}

interface EditOptions extends DescriptionOptions {
  readonly name?: string;
}

/** `assent vault`: the vaults of an account. */
export function addVaultCommands(program: Command, io: Io): void {
  const vault = program
    .command("vault")
    .description("the vaults of an account");
  withExamples(
    takesCredential(
      vault
        .command("create")
        .argument(
          "<name>",
          "letters, digits, '-', '_', '.' and spaces, to be named in references",
        )
        .option("--description <text>", "what it is for")
        .description("make a vault"),
    ),
    "assent vault create Dev",
    "assent vault create Ops --description 'What the servers need'",
  ).action((name: string, options: DescriptionOptions) =>
    withCredential(io, options, async (session) => {
      const { description = "" } = options;
      const created = await operate(
        session,
        { case: "putVault", value: { vault: { name, description } } },
        "vault",
      );
      await writeLine(
        io.stdout,
        `The vault ${makeSafe(created.name)} is created (${created.id}).`,
      );
    }),
  );
  withExamples(
    takesJson(
      takesCredential(
        vault.command("list").description("names, ids and what they are for"),
      ),
    ),
    "assent vault list",
  ).action((options: AccountOptions & JsonOptions) =>
    withCredential(io, options, async (session) => {
      const { vaults } = await operate(
        session,
        { case: "listVaults", value: {} },
        "vaults",
      );
      if (options.json) {
        return writeJson(
          io,
          vaults.map(({ id, name, description, itemCount }) => ({
            id,
            name,
            description,
            items: itemCount,
          })),
        );
      }
      await writeTable(
        io,
        vaults.map(({ id, name, description, itemCount }) => [
          makeSafe(name),
          count(itemCount, "item"),
          id,
          makeSafe(description),
        ]),
      );
    }),
  );
  withExamples(
    takesCredential(
      vault
        .command("edit")
        .argument("<vault>", "name or id")
        .option("--name <name>", "a new name; references have to name it")
        .option("--description <text>", "what it is for")
        .description("change the name or the description of a vault"),
    ),
    "assent vault edit Dev --name Development",
    "assent vault edit Dev --description 'What developers need'",
  ).action((name: string, options: EditOptions) =>
    editVault(io, name, options),
  );
  withExamples(
    takesCredential(
      vault
        .command("remove")
        .argument("<vault>", "name or id")
        .description("delete a vault and all that is in it, for good"),
    ),
    "assent vault remove Old",
  ).action((name: string, options: AccountOptions) =>
    withCredential(io, options, async (session) => {
      const found = await findVault(session, name);
      await operate(
        session,
        { case: "deleteVault", value: { vaultId: found.id } },
        "done",
      );
      await writeLine(
        io.stdout,
        `The vault ${makeSafe(found.name)} and its ${count(found.itemCount, "item")} are gone.`,
      );
    }),
  );
}

async function editVault(
  io: Io,
  vault: string,
  options: EditOptions,
): Promise<void> {
  if (options.name === undefined && options.description === undefined) {
    throw usageError(
      "There is nothing to change.",
      "Use --name or --description.",
    );
  }
  await withCredential(io, options, async (session) => {
    const { id, ...present } = await findVault(session, vault);
    const { name = present.name, description = present.description } = options;
    const changed = await operate(
      session,
      { case: "putVault", value: { vault: { id, name, description } } },
      "vault",
    );
    await writeLine(
      io.stdout,
      `The vault ${makeSafe(changed.name)} is changed (${id}).`,
    );
  });
}
