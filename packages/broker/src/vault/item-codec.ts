// SPDX-License-Identifier: Apache-2.0
import {
  type Category,
  FieldSchema,
  type Item,
  type ItemOverview,
  ItemOverviewSchema,
  ItemSchema,
} from "@assent/protocol";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { allocateBytes, Secret } from "../crypto/secret.ts";
import {
  type ContentSeal,
  contentSealsLength,
  readContentSeals,
  writeContentSeals,
} from "./content-seals.ts";
import { type DetailValues, readValues } from "./detail-values.ts";
import type { ItemEntry } from "./store.ts";

/*
 * What is sealed is padded, so that its size tells little: four bytes of
 * length, the bytes, zeros. The detail is the assent.v1.Item itself; its
 * values are copied once, into the one buffer that is zeroed. Where the item
 * has files, what opens their content follows, with a length of its own; older
 * details, which have none, read as without. The overview
 * holds no value and is compact JSON, since ten thousand are read at once.
 */

const detailBlock = 256;
const overviewBlock = 128;
const lengthBytes = 4;
const fieldsTag = (4 << 3) | 2;
const notesTag = (6 << 3) | 2;
const valueTag = (5 << 3) | 2;

/**
 * A whole item, padded. The serializer of the schema would leave copies of the
 * values in buffers that nobody zeroes: it writes everything but the values,
 * and those are put in between.
 */
export function encodeDetail(
  item: Item,
  contents: readonly ContentSeal[] = [],
): Secret {
  const head = toBinary(ItemSchema, {
    ...item,
    fields: [],
    notes: new Uint8Array(),
  });
  const fields = item.fields.map((field) => ({
    head: toBinary(FieldSchema, { ...field, value: new Uint8Array() }),
    value: field.value,
  }));
  const bodySize = (field: (typeof fields)[number]) =>
    field.head.length + partSize(field.value.length);
  const size =
    head.length +
    fields.reduce((sum, field) => sum + partSize(bodySize(field)), 0) +
    partSize(item.notes.length);
  const sealsSize = contentSealsLength(contents);
  const after = sealsSize === 0 ? 0 : lengthBytes + sealsSize;
  const detail = new Secret(padded(size, detailBlock, after));
  const writer = partWriter(detail.bytes, lengthBytes);
  writer.bytes(head);
  for (const field of fields) {
    writer.prefix(fieldsTag, bodySize(field));
    writer.bytes(field.head);
    writer.part(valueTag, field.value);
  }
  writer.part(notesTag, item.notes);
  if (after > 0) {
    const start = lengthBytes + size;
    viewOf(detail.bytes).setUint32(start, sealsSize);
    const seals = detail.bytes.subarray(start + lengthBytes, start + after);
    writeContentSeals(seals, contents);
  }
  return detail;
}

/**
 * The item of a detail. Its values are views of `detail`: zeroing that zeroes
 * them.
 *
 * @throws Error when it is malformed.
 */
export function decodeDetail(detail: Uint8Array): Item {
  return fromBinary(ItemSchema, unpadded(detail), { readUnknownFields: false });
}

/**
 * The values of a detail alone: views of it as well.
 *
 * @throws RangeError when it is malformed.
 */
export function decodeValues(detail: Uint8Array): DetailValues {
  return readValues(unpadded(detail));
}

/**
 * What opens the contents of its files: views of it as well.
 *
 * @throws RangeError when it is malformed.
 */
export function decodeContentSeals(detail: Uint8Array): ContentSeal[] {
  const rest = detail.subarray(lengthBytes + unpadded(detail).length);
  return rest.length < lengthBytes ? [] : readContentSeals(unpadded(rest));
}

type OverviewParts = [
  title: string,
  category: Category,
  createdMs: number,
  updatedMs: number,
  tags: string[],
  urls: string[],
  sections: [id: string, title: string][],
  fields: [id: string, title: string, sectionId: string, type: number][],
  files: [id: string, name: string, sectionId: string, size: string][],
];

/** What can be told of an item without its values, padded. */
export function encodeOverview(entry: ItemEntry): Uint8Array {
  const { overview, sections, fields, files } = entry;
  const parts: OverviewParts = [
    overview.title,
    overview.category,
    overview.createdAt === undefined ? 0 : timestampMs(overview.createdAt),
    overview.updatedAt === undefined ? 0 : timestampMs(overview.updatedAt),
    overview.tags,
    overview.urls,
    sections.map(({ id, title }) => [id, title]),
    fields.map(({ id, title, sectionId, type }) => [
      id,
      title,
      sectionId,
      type,
    ]),
    files.map(({ id, name, sectionId, size }) => [
      id,
      name,
      sectionId,
      size.toString(),
    ]),
  ];
  return encodeText(JSON.stringify(parts));
}

/** The entry of a stored item, of a text that was padded. @throws Error when it is malformed. */
export function parseOverview(
  text: string,
  state: { id: string; vaultId: string; revision: bigint; archived: boolean },
): ItemEntry {
  const [title, category, createdMs, updatedMs, tags, urls, ...rest] =
    JSON.parse(text) as OverviewParts;
  const [sections, fields, files] = rest;
  const overview: ItemOverview = create(ItemOverviewSchema, {
    id: state.id,
    vaultId: state.vaultId,
    title,
    category,
    tags,
    urls,
    archived: state.archived,
    createdAt: timestampFromMs(createdMs),
    updatedAt: timestampFromMs(updatedMs),
  });
  return {
    overview,
    revision: state.revision,
    sections: sections.map(([id, title]) => ({ id, title })),
    fields: fields.map(([id, title, sectionId, type]) => ({
      id,
      title,
      sectionId,
      type,
    })),
    files: files.map(([id, name, sectionId, size]) => ({
      id,
      name,
      sectionId,
      size: BigInt(size),
    })),
  };
}

/** Text, padded. */
export function encodeText(text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  const block = padded(bytes.length, overviewBlock);
  block.set(bytes, lengthBytes);
  return block;
}

/** Text that was padded. @throws RangeError when it is malformed. */
export function decodeText(block: Uint8Array): string {
  const { buffer, byteOffset, length } = unpadded(block);
  return Buffer.from(buffer, byteOffset, length).toString("utf8");
}

function padded(size: number, block: number, after = 0): Uint8Array {
  const length = lengthBytes + size + after;
  const bytes = allocateBytes(Math.ceil(length / block) * block);
  viewOf(bytes).setUint32(0, size);
  return bytes;
}

function unpadded(bytes: Uint8Array): Uint8Array {
  const size = viewOf(bytes).getUint32(0);
  if (lengthBytes + size > bytes.length) throw new RangeError("malformed");
  return bytes.subarray(lengthBytes, lengthBytes + size);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

// A length-delimited part with a tag of one byte.
function partSize(length: number): number {
  let size = 2 + length;
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) size += 1;
  return size;
}

interface PartWriter {
  bytes(bytes: Uint8Array): void;
  prefix(tag: number, length: number): void;
  part(tag: number, bytes: Uint8Array): void;
}

function partWriter(target: Uint8Array, start: number): PartWriter {
  let offset = start;
  const writer: PartWriter = {
    bytes(bytes) {
      target.set(bytes, offset);
      offset += bytes.length;
    },
    prefix(tag, length) {
      target[offset++] = tag;
      let rest = length;
      for (; rest > 0x7f; rest >>>= 7) target[offset++] = (rest & 0x7f) | 0x80;
      target[offset++] = rest;
    },
    part(tag, bytes) {
      writer.prefix(tag, bytes.length);
      writer.bytes(bytes);
    },
  };
  return writer;
}
