// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { FieldType, type Item } from "@assent/protocol";
import { contentKey, type WholeVault } from "../read-all.ts";
import { createMacKeys, encrypt } from "./content.ts";
import { uuids } from "./header.ts";
import { createInnerStream } from "./inner-stream.ts";
import { type Derivation, deriveKey, sha256 } from "./key-derivation.ts";

/** What deriving the key costs. */
export type KdbxCost = Pick<
  Extract<Derivation, { kind: "argon2d" | "argon2id" }>,
  "memory" | "passes" | "parallelism"
>;

/** As RFC 9106 has it for little memory: 64 MiB, three passes. */
export const usualCost: KdbxCost = {
  memory: 64 * 1024,
  passes: 3,
  parallelism: 4,
};

/**
 * A KeePass database of KDBX 4 (AES-256, Argon2id), sealed with a password: a
 * group for each vault, an entry for each item. Every value is protected.
 */
export async function writeKdbx(
  vaults: readonly WholeVault[],
  password: Uint8Array,
  cost: KdbxCost = usualCost,
): Promise<Uint8Array> {
  const salt = randomBytes(32);
  const masterSeed = randomBytes(32);
  const iv = randomBytes(16);
  const innerKey = randomBytes(64);
  const transformed = await deriveKey(password, {
    kind: "argon2id",
    salt,
    ...cost,
  });
  const header = Buffer.concat([
    Buffer.from("03d9a29a67fb4bb500000400", "hex"),
    field(2, Buffer.from(uuids.aes, "hex")),
    field(3, u32(1)),
    field(4, masterSeed),
    field(7, iv),
    field(11, dictionary(salt, cost)),
    field(0, Buffer.from("\r\n\r\n")),
  ]);
  const protect = createInnerStream(3, innerKey);
  const binaries: Uint8Array[] = [];
  const text = document(vaults, { protect, binaries });
  const packed = Buffer.concat([
    field(1, u32(3)),
    field(2, innerKey),
    // A flag first: kept sealed in memory there.
    ...binaries.flatMap((bytes) => [
      Buffer.from([3]),
      u32(bytes.length + 1),
      Buffer.from([1]),
      bytes,
    ]),
    field(0, Buffer.alloc(0)),
    Buffer.from(text),
  ]);
  const plain = gzipSync(packed);
  packed.fill(0);
  const sealed = encrypt(sha256(masterSeed, transformed), iv, plain);
  plain.fill(0);
  const keys = createMacKeys(masterSeed, transformed);
  const blocks: Buffer[] = [];
  const size = 1024 * 1024;
  for (let index = 0; ; index += 1) {
    const data = sealed.subarray(index * size, (index + 1) * size);
    blocks.push(keys.block(index, data), u32(data.length), data);
    if (data.length === 0) break;
  }
  return Buffer.concat([
    header,
    sha256(header),
    keys.header(header),
    ...blocks,
  ]);
}

function field(id: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([id]), u32(value.length), value]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function dictionary(salt: Buffer, cost: KdbxCost): Buffer {
  const entry = (type: number, name: string, value: Buffer) =>
    Buffer.concat([
      Buffer.from([type]),
      u32(name.length),
      Buffer.from(name),
      u32(value.length),
      value,
    ]);
  return Buffer.concat([
    Buffer.from([0, 1]),
    entry(0x42, "$UUID", Buffer.from(uuids.argon2id, "hex")),
    entry(0x42, "S", salt),
    entry(0x04, "P", u32(cost.parallelism)),
    entry(0x05, "M", u64(cost.memory * 1024)),
    entry(0x05, "I", u64(cost.passes)),
    entry(0x04, "V", u32(0x13)),
    Buffer.from([0]),
  ]);
}

interface Sink {
  readonly protect: (bytes: Uint8Array) => Buffer;
  /** Attached files, in order: the document names them by their place. */
  readonly binaries: Uint8Array[];
}

function document(vaults: readonly WholeVault[], sink: Sink): string {
  const groups = vaults.map(({ vault, items, contents }) =>
    group(
      vault.name,
      items.map((item) => entry(item, contents, sink)),
    ),
  );
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<KeePassFile><Meta><Generator>Assent</Generator><DatabaseName>Assent</DatabaseName><MemoryProtection><ProtectPassword>True</ProtectPassword></MemoryProtection></Meta><Root>${group("Assent", groups)}</Root></KeePassFile>`;
}

function group(name: string, content: readonly string[]): string {
  return `<Group><UUID>${uuid()}</UUID><Name>${xmlText(name)}</Name>${content.join("")}</Group>`;
}

function entry(
  item: Item,
  contents: WholeVault["contents"],
  { protect, binaries }: Sink,
): string {
  const { overview } = item;
  const strings = stringsOf(item).map(
    ([key, value]) =>
      `<String><Key>${xmlText(key)}</Key><Value Protected="True">${protect(value).toString("base64")}</Value></String>`,
  );
  const files = filesOf(item, contents).map(([key, content]) => {
    const place = binaries.push(content) - 1;
    return `<Binary><Key>${xmlText(key)}</Key><Value Ref="${place}"/></Binary>`;
  });
  const tags = xmlText((overview?.tags ?? []).join(";"));
  return `<Entry><UUID>${uuid()}</UUID><Tags>${tags}</Tags>${strings.join("")}${files.join("")}</Entry>`;
}

// There, no two of one entry have the same name.
function filesOf(
  item: Item,
  contents: WholeVault["contents"],
): [string, Uint8Array][] {
  const named = new Map<string, Uint8Array>();
  for (const file of item.files) {
    const content = contents?.get(contentKey(item, file));
    if (content !== undefined) named.set(free(named, file.name), content);
  }
  return [...named];
}

// What KeePass has a place for goes there once; all else keeps its name.
function stringsOf(item: Item): [string, Uint8Array][] {
  const { overview, fields, sections, notes } = item;
  const strings = new Map<string, Uint8Array>([
    ["Title", Buffer.from(overview?.title ?? "")],
    ["URL", Buffer.from(overview?.urls[0] ?? "")],
    ["Notes", notes],
  ]);
  for (const { title, type, sectionId, value } of fields) {
    const section = sections.find(({ id }) => id === sectionId)?.title;
    const name = section === undefined ? title : `${section}.${title}`;
    const place = placeOf(title, type);
    const key = place !== undefined && !strings.has(place) ? place : name;
    strings.set(
      free(strings, key),
      key === "otp" ? otpUri(overview?.title ?? "", value) : value,
    );
  }
  for (const url of overview?.urls.slice(1) ?? []) {
    strings.set(free(strings, "URL 2"), Buffer.from(url));
  }
  return [...strings];
}

function placeOf(title: string, type: FieldType): string | undefined {
  if (type === FieldType.TOTP) return "otp";
  const name = title.toLowerCase();
  if (name === "username" || name === "user") return "UserName";
  return name === "password" ? "Password" : undefined;
}

function free(strings: ReadonlyMap<string, unknown>, name: string): string {
  let key = name === "" ? "field" : name;
  for (let number = 2; strings.has(key); number += 1) key = `${name} ${number}`;
  return key;
}

// A seed alone is not known there.
function otpUri(title: string, value: Uint8Array): Uint8Array {
  const text = Buffer.from(value).toString().trim();
  if (/^otpauth:/i.test(text)) return value;
  const seed = text.replace(/[\s=-]/g, "").toUpperCase();
  return Buffer.from(
    `otpauth://totp/${encodeURIComponent(title)}?secret=${seed}`,
  );
}

function uuid(): string {
  return randomBytes(16).toString("base64");
}

function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(
      /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu,
      "\ufffd",
    )
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
