// SPDX-License-Identifier: Apache-2.0
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  timingSafeEqual,
} from "node:crypto";
import { gunzipSync } from "node:zlib";
import { ImportError } from "../draft.ts";
import { type Header, slice } from "./header.ts";
import {
  chaCha20,
  createInnerStream,
  type InnerStream,
} from "./inner-stream.ts";
import { sha256 } from "./key-derivation.ts";

/** What a KDBX file holds, opened. */
export interface Content {
  readonly xml: string;
  readonly inner: InnerStream;
  /** Attached files of KDBX 4, in order; those of 3.1 stand in the XML. */
  readonly binaries: readonly Buffer[];
}

/** Bytes of what a file may unpack to. */
export const longestContent: number = 512 * 1024 * 1024;

/** Open a file with the key of its password. @throws ImportError */
export function openContent(
  file: Buffer,
  header: Header,
  transformed: Buffer,
): Content {
  const key = sha256(header.masterSeed, transformed);
  return header.major === 4
    ? openFour(file, header, transformed, key)
    : openThree(file, header, key);
}

function openFour(
  file: Buffer,
  header: Header,
  transformed: Buffer,
  key: Buffer,
): Content {
  let at = header.bytes.length;
  if (!sha256(header.bytes).equals(slice(file, at, 32))) throw damaged();
  const macKey = createMacKeys(header.masterSeed, transformed);
  if (!isSame(macKey.header(header.bytes), slice(file, at + 32, 32))) {
    throw wrongPassword();
  }
  at += 64;
  const blocks: Buffer[] = [];
  for (let index = 0; ; index += 1) {
    const length = slice(file, at + 32, 4).readUInt32LE();
    const data = slice(file, at + 36, length);
    if (!isSame(macKey.block(index, data), slice(file, at, 32))) {
      throw damaged();
    }
    if (length === 0) break;
    blocks.push(data);
    at += 36 + length;
  }
  const plain = unpack(header, decrypt(header, key, Buffer.concat(blocks)));
  let innerKey = Buffer.alloc(0);
  let innerKind = 0;
  const binaries: Buffer[] = [];
  for (let place = 0; ; ) {
    const id = slice(plain, place, 1).readUInt8();
    const value = slice(
      plain,
      place + 5,
      slice(plain, place + 1, 4).readUInt32LE(),
    );
    place += 5 + value.length;
    if (id === 1) innerKind = value.readUInt32LE();
    if (id === 2) innerKey = Buffer.from(value);
    // After a byte of flags.
    if (id === 3) binaries.push(Buffer.from(value.subarray(1)));
    if (id !== 0) continue;
    return {
      xml: plain.subarray(place).toString(),
      inner: createInnerStream(innerKind, innerKey),
      binaries,
    };
  }
}

function openThree(file: Buffer, header: Header, key: Buffer): Content {
  let plain: Buffer;
  try {
    plain = decrypt(header, key, file.subarray(header.bytes.length));
  } catch {
    throw wrongPassword();
  }
  if (!slice(plain, 0, 32).equals(header.startBytes)) throw wrongPassword();
  const blocks: Buffer[] = [];
  for (let at = 32; ; ) {
    const hash = slice(plain, at + 4, 32);
    const data = slice(plain, at + 40, slice(plain, at + 36, 4).readUInt32LE());
    if (data.length === 0) break;
    if (!sha256(data).equals(hash)) throw damaged();
    blocks.push(data);
    at += 40 + data.length;
  }
  return {
    xml: unpack(header, Buffer.concat(blocks)).toString(),
    inner: createInnerStream(header.innerKind, header.innerKey),
    binaries: [],
  };
}

function decrypt(header: Header, key: Buffer, bytes: Buffer): Buffer {
  if (header.cipher === "chacha20") return chaCha20(key, header.iv)(bytes);
  const cipher = createDecipheriv("aes-256-cbc", key, header.iv);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

/** For a file that is written. */
export function encrypt(key: Buffer, iv: Buffer, bytes: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

function unpack(header: Header, bytes: Buffer): Buffer {
  return header.isCompressed ? unzip(bytes) : bytes;
}

/** @throws ImportError */
export function unzip(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: longestContent });
  } catch {
    throw tooLarge();
  }
}

/** It unpacks to more, or to nothing. */
export function tooLarge(): ImportError {
  return new ImportError("what it holds is damaged, or larger than 512 MiB");
}

/** What vouches for the header and each block of KDBX 4. */
export function createMacKeys(
  masterSeed: Uint8Array,
  transformed: Uint8Array,
): {
  header(bytes: Uint8Array): Buffer;
  block(index: number, data: Uint8Array): Buffer;
} {
  const base = createHash("sha512")
    .update(masterSeed)
    .update(transformed)
    .update(Buffer.from([1]))
    .digest();
  const keyFor = (index: Buffer) =>
    createHash("sha512").update(index).update(base).digest();
  return {
    header: (bytes) =>
      createHmac("sha256", keyFor(Buffer.alloc(8, 0xff)))
        .update(bytes)
        .digest(),
    block(index, data) {
      const place = Buffer.alloc(8);
      place.writeBigUInt64LE(BigInt(index));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(data.length);
      return createHmac("sha256", keyFor(place))
        .update(place)
        .update(length)
        .update(data)
        .digest();
    },
  };
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function wrongPassword(): ImportError {
  return new ImportError(
    "the password is wrong, or it needs a key file, which is not supported",
  );
}

function damaged(): ImportError {
  return new ImportError("it is damaged, or was cut off");
}
