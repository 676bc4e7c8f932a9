// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import type { RestoreAccountRequestSchema } from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { createSecretInput } from "../credential.ts";
import { type Io, writeLine } from "../io.ts";
import {
  takesCredential,
  takesHome,
  takesJson,
  withExamples,
} from "../options.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { connectOwner } from "../owner/owner-client.ts";
import {
  type AccountOptions,
  type HomeOptions,
  pickAccount,
  withCredential,
  withOwner,
} from "../owner/session.ts";
import { findPlacesForCredential } from "../places.ts";

/** `assent account backup`, `backups` and `restore`. */
export function addBackupCommands(account: Command, io: Io): void {
  withExamples(
    takesCredential(
      account
        .command("backup")
        .option(
          "--out <file>",
          "a new file of yours, instead of one beside the account",
        )
        .description("copy an account, sealed as it is"),
    ),
    "assent account backup --out /media/stick/personal.assent",
  ).action((options: AccountOptions & { out?: string }) =>
    withCredential(io, options, async ({ owner, account, credential }) => {
      const path = options.out === undefined ? "" : resolve(options.out);
      await owner.accounts.backUpAccount({ credential, path });
      await writeLine(
        io.stdout,
        `${makeSafe(account.name)} is copied${path === "" ? "" : ` to ${makeSafe(path)}`}. The copy opens with the password of today.`,
      );
    }),
  );
  withExamples(
    takesJson(
      takesHome(
        account
          .command("backups")
          .argument("[name]", "name or id; by default the only one")
          .description("backups that Assent made, newest first"),
      ),
    ),
    "assent account backups",
  ).action((name: string | undefined, options: HomeOptions & JsonOptions) =>
    listBackups(io, name, options),
  );
  withExamples(
    takesCredential(
      account
        .command("restore")
        .argument(
          "[backup]",
          "a file, or a name that backups lists; by default the file in place, although it is older than what was last seen",
        )
        .option(
          "--other-password",
          "the backup opens with another password than the account does now",
        )
        .description(
          "put a backup in the place of its account; what was there is kept",
        ),
    ),
    "assent account restore /media/stick/personal.assent",
    "assent account restore --account Personal",
  ).action((backup: string | undefined, options: RestoreOptions) =>
    restore(io, backup, options),
  );
}

async function listBackups(
  io: Io,
  name: string | undefined,
  options: HomeOptions & JsonOptions,
): Promise<void> {
  const backups = await withOwner(io, options, async (owner) => {
    const account = await pickAccount(owner, name);
    return (await owner.accounts.listBackups({ account: account.id })).backups;
  });
  const rows = backups.map((backup) => ({
    name: backup.name,
    createdAt: backup.createdAt
      ? timestampDate(backup.createdAt).toISOString()
      : "",
    size: Number(backup.size),
  }));
  if (options.json) return writeJson(io, rows);
  if (rows.length === 0) {
    return writeLine(
      io.stdout,
      "No backup yet. One is made before the first change after an unlock.",
    );
  }
  await writeTable(
    io,
    rows.map((row) => [
      makeSafe(row.name),
      row.createdAt.replace("T", " ").replace(/\.\d+Z$/, " UTC"),
      `${Math.ceil(row.size / 1024)} KiB`,
    ]),
  );
}

type Restoring = MessageInitShape<typeof RestoreAccountRequestSchema>;

interface RestoreOptions extends AccountOptions {
  readonly otherPassword?: boolean;
}

// Two passwords at most: of an account that is here, and of the backup.
async function restore(
  io: Io,
  backup: string | undefined,
  options: RestoreOptions,
): Promise<void> {
  const { ownerSocket } = await findPlacesForCredential(io, options.home);
  const secrets = createSecretInput(io, options);
  const owner = await connectOwner(ownerSocket, io.userId);
  const used: Uint8Array[] = [];
  const ask = async (label: string) => {
    const value = await secrets.password(label);
    used.push(value);
    return { case: "password" as const, value };
  };
  try {
    const { accounts } = await owner.accounts.listAccounts({});
    const isFirst = accounts.every(({ problem }) => problem !== "");
    const here =
      isFirst && backup !== undefined
        ? undefined
        : await pickAccount(owner, options.account);
    const proof = await ask(
      here === undefined
        ? "Password of the backup"
        : `Account password for ${makeSafe(here.name)}`,
    );
    const other =
      options.otherPassword && here !== undefined
        ? { proof: await ask("Password of the backup") }
        : undefined;
    const { account } = await owner.accounts.restoreAccount({
      source:
        backup === undefined
          ? { case: "present", value: here?.id ?? "" }
          : sourceOf(backup),
      credential: { account: here?.id ?? "", proof },
      ...(other === undefined ? {} : { backupCredential: other }),
    });
    await writeLine(
      io.stdout,
      `${makeSafe(account?.name ?? "")} is restored, and locked. It opens with the password of the backup.\nWhat was there before is kept: assent account backups`,
    );
  } finally {
    for (const bytes of used) bytes.fill(0);
    owner.close();
  }
}

function sourceOf(backup: string): NonNullable<Restoring["source"]> {
  const path = resolve(backup);
  return lstatSync(path, { throwIfNoEntry: false }) === undefined &&
    !backup.includes("/")
    ? { case: "backup", value: backup }
    : { case: "path", value: path };
}
