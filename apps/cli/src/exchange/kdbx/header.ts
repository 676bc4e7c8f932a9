// SPDX-License-Identifier: Apache-2.0
import { ImportError } from "../draft.ts";
import type { Derivation } from "./key-derivation.ts";

/** What stands in clear before a KDBX file's content. */
export interface Header {
  readonly major: 3 | 4;
  /** All of it, as it is vouched for. */
  readonly bytes: Buffer;
  readonly cipher: "aes" | "chacha20";
  readonly isCompressed: boolean;
  readonly masterSeed: Buffer;
  readonly iv: Buffer;
  readonly derivation: Derivation;
  /** Of 3.1 alone; 4 has them in its content. */
  readonly innerKey: Buffer;
  readonly innerKind: number;
  readonly startBytes: Buffer;
}

const signature = [0x9aa2d903, 0xb54bfb67] as const;

/** Names of ciphers and derivations, as the format has them. */
export const uuids = {
  aes: "31c1f2e6bf714350be5805216afc5aff",
  chacha20: "d6038a2b8b6f4cb5a524339a31dbb59a",
  aesKdf: "c9d9f39a628a4460bf740d08c18a4fea",
  argon2d: "ef636ddf8c29444b91f7a9a403e30a0c",
  argon2id: "9e298b1956db4773b23dfc3ec6f0a1e6",
} as const;

/** Read it. @throws ImportError */
export function readHeader(file: Buffer): Header {
  if (
    file.length < 12 ||
    file.readUInt32LE(0) !== signature[0] ||
    file.readUInt32LE(4) !== signature[1]
  ) {
    throw new ImportError("it is no KDBX file");
  }
  const major = file.readUInt16LE(10);
  if (major !== 3 && major !== 4) {
    throw new ImportError("only KDBX 3.1 and 4 are known");
  }
  const fields = new Map<number, Buffer>();
  let at = 12;
  for (;;) {
    const id = file.readUInt8(at);
    const length =
      major === 4 ? file.readUInt32LE(at + 1) : file.readUInt16LE(at + 1);
    const start = at + (major === 4 ? 5 : 3);
    fields.set(id, slice(file, start, length));
    at = start + length;
    if (id === 0) break;
  }
  const get = (id: number) => {
    const field = fields.get(id);
    if (field === undefined) throw new ImportError("its header is not whole");
    return field;
  };
  const cipher = get(2).toString("hex");
  if (cipher !== uuids.aes && cipher !== uuids.chacha20) {
    throw new ImportError("its cipher is not known; AES-256 and ChaCha20 are");
  }
  return {
    major,
    bytes: file.subarray(0, at),
    cipher: cipher === uuids.aes ? "aes" : "chacha20",
    isCompressed: get(3).readUInt32LE() === 1,
    masterSeed: get(4),
    iv: get(7),
    derivation:
      major === 4
        ? derivationOf(readDictionary(get(11)))
        : {
            kind: "aes",
            seed: get(5),
            rounds: Number(get(6).readBigUInt64LE()),
          },
    innerKey: major === 4 ? Buffer.alloc(0) : get(8),
    innerKind: major === 4 ? 0 : get(10).readUInt32LE(),
    startBytes: major === 4 ? Buffer.alloc(0) : get(9),
  };
}

type Dictionary = ReadonlyMap<string, Buffer>;

function readDictionary(bytes: Buffer): Dictionary {
  const entries = new Map<string, Buffer>();
  for (let at = 2; ; ) {
    const type = bytes.readUInt8(at);
    if (type === 0) return entries;
    const nameLength = bytes.readUInt32LE(at + 1);
    const name = slice(bytes, at + 5, nameLength).toString();
    at += 5 + nameLength;
    const length = bytes.readUInt32LE(at);
    entries.set(name, slice(bytes, at + 4, length));
    at += 4 + length;
  }
}

function derivationOf(entries: Dictionary): Derivation {
  const get = (name: string) => {
    const value = entries.get(name);
    if (value === undefined) throw new ImportError("its header is not whole");
    return value;
  };
  const number = (name: string) => Number(get(name).readBigUInt64LE());
  const id = get("$UUID").toString("hex");
  if (id === uuids.aesKdf) {
    return { kind: "aes", seed: get("S"), rounds: number("R") };
  }
  if (id !== uuids.argon2d && id !== uuids.argon2id) {
    throw new ImportError("its key derivation is not known");
  }
  return {
    kind: id === uuids.argon2d ? "argon2d" : "argon2id",
    salt: get("S"),
    memory: Math.floor(number("M") / 1024),
    passes: number("I"),
    parallelism: get("P").readUInt32LE(),
  };
}

/** A part of a file. @throws ImportError when the file ends before */
export function slice(bytes: Buffer, start: number, length: number): Buffer {
  if (start + length > bytes.length) {
    throw new ImportError("it ends too early; perhaps it was cut off");
  }
  return bytes.subarray(start, start + length);
}
