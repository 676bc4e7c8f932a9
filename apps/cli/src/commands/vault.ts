// SPDX-License-Identifier: Apache-2.0
import { count, makeSafe } from "@assent/wording";
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, takesJson, withExamples } from "../options.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { findVault, operate } from "../owner/operate.ts";
import { type AccountOptions, withCredential } from "../owner/session.ts";

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
        .description("make a vault"),
    ),
    "assent vault create Dev",
  ).action((name: string, options: AccountOptions) =>
    withCredential(io, options, async (session) => {
      const created = await operate(
        session,
        { case: "putVault", value: { vault: { name } } },
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
      takesCredential(vault.command("list").description("names and ids")),
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
        vaults.map(({ id, name, itemCount }) => [
          makeSafe(name),
          count(itemCount, "item"),
          id,
        ]),
      );
    }),
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
