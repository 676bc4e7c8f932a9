// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { CommandError, exitCodes } from "../exit.ts";
import { decodeInput, readInputFile, unusable } from "../input-file.ts";
import { readBitwarden } from "./bitwarden.ts";
import { ImportError, type ReadFile } from "./draft.ts";
import { readEnvFile } from "./env-file.ts";
import { readKdbx } from "./kdbx/read-kdbx.ts";
import { readKeePassCsv } from "./keepass-csv.ts";
import { readOnePassword } from "./one-password.ts";
import { openZip } from "./zip-entry.ts";

/** What can be imported. */
export const sources = [
  "env",
  "bitwarden",
  "1pux",
  "keepass-csv",
  "kdbx",
] as const;

/** One of them. */
export type Source = (typeof sources)[number];

/** Bytes of a file, or of what an archive holds, beyond which it is not read. */
export const longestImport: number = 128 * 1024 * 1024;

// Its attached files are read later, while what is in it is being written.
async function readArchive(path: string): Promise<ReadFile> {
  const content = "export.data";
  const archive = await openZip(path);
  try {
    if (!archive.sizes.has(content)) {
      throw new ImportError(`it is no 1PUX export: ${content} is missing`);
    }
    const data = await archive.read(content, longestImport);
    const attached = [...archive.sizes].filter(([name]) =>
      name.startsWith("files/"),
    );
    const file = readOnePassword(decodeInput(path, data), {
      sizes: new Map(attached),
      read: (name) =>
        archive.read(name, limits.fileBytes).catch((error: unknown) => {
          if (!(error instanceof ImportError)) throw error;
          throw unusable(path, error.message);
        }),
    });
    return { ...file, close: () => archive[Symbol.dispose]() };
  } catch (error) {
    archive[Symbol.dispose]();
    throw error;
  }
}

/**
 * Read a file of another program. `password` is asked for where the file has
 * one. To be closed once its attached files were read.
 *
 * @throws CommandError that repeats nothing of the file
 */
export async function readExport(
  source: Source,
  path: string,
  password: () => Promise<Uint8Array>,
): Promise<ReadFile> {
  try {
    if (source === "1pux") return await readArchive(path);
    const bytes = readInputFile(path, longestImport);
    switch (source) {
      case "kdbx": {
        const secret = await password();
        try {
          return await readKdbx(bytes, secret);
        } finally {
          secret.fill(0);
        }
      }
      case "env":
        return readEnvFile(decodeInput(path, bytes), path);
      case "bitwarden":
        return readBitwarden(decodeInput(path, bytes));
      case "keepass-csv":
        return readKeePassCsv(decodeInput(path, bytes));
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (error instanceof ImportError) throw unusable(path, error.message);
    throw new CommandError(exitCodes.failed, "The file cannot be understood.");
  }
}
