// SPDX-License-Identifier: Apache-2.0
import { crc32 } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { ImportError } from "./draft.ts";

/** One file of an archive, and which others begin with a path. */
export interface ZipContent {
  readonly bytes: Uint8Array;
  /** How many bytes they are told to have, by name. */
  readonly others: ReadonlyMap<string, number>;
}

const mostEntries = 100_000;

/**
 * Read one file of a zip archive. The rest is only named: nothing is ever
 * written. yauzl refuses names that lead elsewhere, and more bytes than were
 * told; the checksum is compared here.
 *
 * @throws ImportError
 */
export async function readZipEntry(
  path: string,
  name: string,
  otherPrefix: string,
  most: number,
): Promise<ZipContent> {
  let file: ZipFile | undefined;
  try {
    file = await yauzl.openPromise(path, {
      lazyEntries: true,
      autoClose: false,
      strictFileNames: true,
    });
    if (file.entryCount > mostEntries) {
      throw new ImportError(`it holds more than ${mostEntries} files`);
    }
    const others = new Map<string, number>();
    let bytes: Uint8Array | undefined;
    for await (const entry of file.eachEntry()) {
      if (entry.fileName === name && bytes === undefined) {
        bytes = await readEntry(file, entry, most);
      } else if (entry.fileName.startsWith(otherPrefix)) {
        if (!entry.fileName.endsWith("/")) {
          others.set(entry.fileName, entry.uncompressedSize);
        }
      }
    }
    if (bytes === undefined) {
      throw new ImportError(`it is no 1PUX export: ${name} is missing`);
    }
    return { bytes, others };
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError("it is no whole zip archive; perhaps it was cut off");
  } finally {
    file?.close();
  }
}

async function readEntry(
  file: ZipFile,
  entry: Entry,
  most: number,
): Promise<Uint8Array> {
  if (entry.isEncrypted()) throw new ImportError("it is encrypted");
  if (entry.uncompressedSize > most) {
    throw new ImportError(
      `what it holds is larger than ${most / 1024 / 1024} MiB`,
    );
  }
  const parts: Buffer[] = [];
  for await (const part of await file.openReadStreamPromise(entry)) {
    parts.push(part as Buffer);
  }
  const bytes = Buffer.concat(parts);
  if (crc32(bytes) !== entry.crc32) {
    throw new ImportError("what it holds is damaged: its checksum is wrong");
  }
  return bytes;
}
