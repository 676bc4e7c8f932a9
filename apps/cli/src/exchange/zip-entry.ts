// SPDX-License-Identifier: Apache-2.0
import { crc32 } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { ImportError } from "./draft.ts";

/** A zip archive, open until it is disposed of: what is read is of one file. */
export interface ZipArchive extends Disposable {
  /** How many bytes its files are told to have, by name. */
  readonly sizes: ReadonlyMap<string, number>;
  /** One of them, of `most` bytes at most. @throws ImportError */
  read(name: string, most: number): Promise<Uint8Array>;
}

const mostEntries = 100_000;

/**
 * Open a zip archive. Its files are only named until they are read: nothing is
 * ever written. yauzl refuses names that lead elsewhere, and more bytes than
 * were told; the checksum is compared here.
 *
 * @throws ImportError
 */
export async function openZip(path: string): Promise<ZipArchive> {
  const file = await understood(() =>
    yauzl.openPromise(path, {
      lazyEntries: true,
      autoClose: false,
      strictFileNames: true,
    }),
  );
  const entries = new Map<string, Entry>();
  try {
    if (file.entryCount > mostEntries) {
      throw new ImportError(`it holds more than ${mostEntries} files`);
    }
    await understood(async () => {
      for await (const entry of file.eachEntry()) {
        const { fileName } = entry;
        if (fileName.endsWith("/") || entries.has(fileName)) continue;
        entries.set(fileName, entry);
      }
    });
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    sizes: new Map(
      [...entries].map(([name, entry]) => [name, entry.uncompressedSize]),
    ),
    async read(name, most) {
      const entry = entries.get(name);
      if (entry === undefined) throw new ImportError(`${name} is missing`);
      return understood(() => readEntry(file, entry, most));
    },
    [Symbol.dispose]: () => file.close(),
  };
}

/** @throws ImportError, whatever yauzl finds wrong */
async function understood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError("it is no whole zip archive; perhaps it was cut off");
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
