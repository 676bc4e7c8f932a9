// SPDX-License-Identifier: Apache-2.0
import { count, makeSafe } from "@assent/wording";
import { type Command, Option } from "commander";
import { writeJsonExport } from "../exchange/json-export.ts";
import { writeKdbx } from "../exchange/kdbx/write-kdbx.ts";
import { forgetAll, readAll, type WholeVault } from "../exchange/read-all.ts";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, withExamples } from "../options.ts";
import {
  type AccountOptions,
  type Authenticated,
  withCredential,
} from "../owner/session.ts";
import { checkPrivateFile, writePrivateFile } from "../private-file.ts";

interface ExportOptions extends AccountOptions {
  readonly format: "json" | "kdbx";
  readonly out: string;
  readonly force?: boolean;
  readonly files: boolean;
}

/** `assent export`: all secrets of an account, for another program. */
export function addExportCommand(program: Command, io: Io): void {
  withExamples(
    takesCredential(
      program
        .command("export")
        .addOption(
          new Option(
            "--format <kind>",
            "json is plain text; kdbx is sealed with a password of its own",
          )
            .choices(["json", "kdbx"])
            .makeOptionMandatory(),
        )
        .requiredOption(
          "-o, --out <file>",
          "a new file, which only you can read",
        )
        .option("-f, --force", "replace the file, or the link, that is there")
        .option("--no-files", "leave out the files of the items")
        .description("write all secrets of an account to a file"),
    ),
    "assent export --format kdbx --out personal.kdbx",
    "assent export --format json --out personal.json",
  ).action((options: ExportOptions) => exportAccount(io, options));
}

async function exportAccount(io: Io, options: ExportOptions): Promise<void> {
  const { format, out } = options;
  checkPrivateFile(out, options);
  await withCredential(io, options, async (session) => {
    const vaults = await readAll(session, options.files);
    let content: Uint8Array | undefined;
    try {
      content = await writeAs(io, format, vaults, session, out);
      writePrivateFile(io, out, content, options);
    } finally {
      content?.fill(0);
      forgetAll(vaults);
    }
    const items = vaults.reduce((sum, each) => sum + each.items.length, 0);
    const files = vaults.reduce(
      (sum, each) => sum + (each.contents?.size ?? 0),
      0,
    );
    const withFiles = files === 0 ? "" : ` with ${count(files, "file")}`;
    await writeLine(
      io.stdout,
      `${count(items, "item")}${withFiles} of ${makeSafe(session.account.name)} are in ${makeSafe(out)}.`,
    );
    if (format === "json") {
      await writeLine(
        io.stderr,
        "assent: every secret is in that file in plain text. Remove it as soon as you can.",
      );
    }
  });
}

async function writeAs(
  io: Io,
  format: ExportOptions["format"],
  vaults: readonly WholeVault[],
  session: Authenticated,
  out: string,
): Promise<Uint8Array> {
  if (format === "json") return writeJsonExport(vaults, io.now());
  const password = await session.secrets.newPassword(
    `New password for ${makeSafe(out)}`,
  );
  try {
    return await writeKdbx(vaults, password);
  } finally {
    password.fill(0);
  }
}
