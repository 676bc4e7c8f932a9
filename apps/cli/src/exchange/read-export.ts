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
import { readZipEntry } from "./zip-entry.ts";

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

// Later, while what is in the archive is being written.
async function readAttached(path: string, file: string): Promise<Uint8Array> {
  try {
    return (await readZipEntry(path, file, "\0", limits.fileBytes)).bytes;
  } catch (error) {
    if (error instanceof ImportError) throw unusable(path, error.message);
    throw error;
  }
}

/**
 * Read a file of another program. `password` is asked for where the file has one.
 *
 * @throws CommandError that repeats nothing of the file
 */
export async function readExport(
  source: Source,
  path: string,
  password: () => Promise<Uint8Array>,
): Promise<ReadFile> {
  try {
    if (source === "1pux") {
      const name = "export.data";
      const content = await readZipEntry(path, name, "files/", longestImport);
      return readOnePassword(decodeInput(path, content.bytes), {
        sizes: content.others,
        read: (file) => readAttached(path, file),
      });
    }
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
