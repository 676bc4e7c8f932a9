// SPDX-License-Identifier: Apache-2.0
import { Category, FieldType, type Item, ItemSchema } from "@assent/protocol";
import { create, equals, fromBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeContentSeals,
  decodeDetail,
  decodeText,
  encodeDetail,
  encodeOverview,
  encodeText,
  parseOverview,
} from "./item-codec.ts";
import type { ItemEntry } from "./store.ts";

const bytes = fc.uint8Array({ maxLength: 400 });
const items: fc.Arbitrary<Item> = fc
  .record({
    title: fc.string({ unit: "grapheme" }),
    revision: fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }),
    notes: bytes,
    fields: fc.array(fc.record({ id: fc.string(), value: bytes })),
    sections: fc.array(fc.record({ id: fc.string(), title: fc.string() })),
  })
  .map(({ title, revision, notes, fields, sections }) =>
    create(ItemSchema, {
      overview: { title, category: Category.DATABASE, tags: ["a", title] },
      revision,
      notes,
      sections,
      fields: fields.map((field) => ({ ...field, type: FieldType.TOTP })),
      files: [{ id: "f", name: "n", size: 1n << 40n }],
    }),
  );

test("a detail is the item of the schema, and comes back as it was", () => {
  fc.assert(
    fc.property(items, (item) => {
      using detail = encodeDetail(item);
      const size = Buffer.from(detail.bytes).readUInt32BE();
      const message = detail.bytes.subarray(4, 4 + size);
      expect(equals(ItemSchema, fromBinary(ItemSchema, message), item)).toBe(
        true,
      );
      expect(equals(ItemSchema, decodeDetail(detail.bytes), item)).toBe(true);
    }),
  );
});

test("a long value survives, whatever the length of its length", () => {
  for (const length of [0, 1, 127, 128, 16383, 16384, 2097151, 2097152]) {
    const item = create(ItemSchema, {
      fields: [{ id: "f", value: new Uint8Array(length).fill(7) }],
      notes: new Uint8Array(length).fill(9),
    });
    using detail = encodeDetail(item);
    expect(equals(ItemSchema, decodeDetail(detail.bytes), item)).toBe(true);
  }
});

test("zeroing a detail zeroes every value that was read from it", () => {
  const item = create(ItemSchema, {
    fields: [{ id: "f", value: new Uint8Array(50).fill(7) }],
    notes: new Uint8Array(50).fill(9),
  });
  const detail = encodeDetail(item);
  const read = decodeDetail(detail.bytes);
  detail[Symbol.dispose]();
  expect(read.fields[0]?.value.every((byte) => byte === 0)).toBe(true);
  expect(read.notes.every((byte) => byte === 0)).toBe(true);
  expect(item.notes.every((byte) => byte === 9)).toBe(true);
});

test("what opens the contents of files follows the item, and is no part of it", () => {
  const seals = ["f", "é".repeat(200)].map((fileId, at) => ({
    fileId,
    key: new Uint8Array(32).fill(at + 1),
    hashes: new Uint8Array(32 * (at + 1)).fill(at + 7),
  }));
  for (let length = 0; length < 300; length++) {
    const item = create(ItemSchema, { notes: new Uint8Array(length).fill(5) });
    // Details of before files were kept end anywhere.
    using without = encodeDetail(item);
    expect(decodeContentSeals(without.bytes)).toEqual([]);
    using detail = encodeDetail(item, seals);
    const read = decodeContentSeals(detail.bytes);
    expect(read.map((one) => one.fileId)).toEqual(["f", "é".repeat(200)]);
    expect(read.map(({ key }) => [...key])).toEqual(
      seals.map(({ key }) => [...key]),
    );
    expect(read.map(({ hashes }) => [...hashes])).toEqual(
      seals.map(({ hashes }) => [...hashes]),
    );
    expect(equals(ItemSchema, decodeDetail(detail.bytes), item)).toBe(true);
    detail[Symbol.dispose]();
    expect(read.every(({ key }) => key.every((byte) => byte === 0))).toBe(true);
  }
});

test("sizes tell little: what is sealed comes in blocks", () => {
  const size = (length: number) => {
    const notes = new Uint8Array(length);
    return encodeDetail(create(ItemSchema, { notes })).bytes.length;
  };
  expect(new Set([1, 8, 16, 24, 32, 64, 200].map(size))).toEqual(
    new Set([256]),
  );
  expect(size(260)).toBe(512);
  expect(encodeText("a").length).toBe(encodeText("a".repeat(100)).length);
});

test("an overview comes back as it was, in the state of its row", () => {
  const entry: ItemEntry = {
    overview: create(ItemSchema, {
      overview: {
        id: "i",
        vaultId: "v",
        title: "Zürich \ud800 🔑",
        category: Category.SSH_KEY,
        tags: ["x"],
        urls: ["https://a.test"],
        archived: true,
        createdAt: timestampFromMs(1_700_000_000_123),
        updatedAt: timestampFromMs(1_700_000_000_456),
      },
    }).overview as ItemEntry["overview"],
    revision: 9n,
    sections: [{ id: "s", title: "S" }],
    fields: [{ id: "f", title: "F", sectionId: "s", type: FieldType.URL }],
    files: [{ id: "x", name: "X", sectionId: "", size: 1n << 53n }],
  };
  const state = { id: "i", vaultId: "v", revision: 9n, archived: true };
  expect(parseOverview(decodeText(encodeOverview(entry)), state)).toEqual(
    entry,
  );
});

test("what is malformed is refused", () => {
  const state = { id: "i", vaultId: "v", revision: 1n, archived: false };
  expect(() => decodeDetail(new Uint8Array(3))).toThrow();
  expect(() => decodeDetail(Uint8Array.of(0, 0, 0, 9, 1))).toThrow(RangeError);
  for (const left of [[1], [1, 2, 3], [0, 3, 1, 1, 1], [255, 255, 0, 0]]) {
    const seals = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, left.length, ...left);
    expect(() => decodeContentSeals(seals)).toThrow(RangeError);
  }
  expect(() => decodeText(Uint8Array.of(255, 255, 255, 255, 1))).toThrow(
    RangeError,
  );
  expect(() => parseOverview("{}", state)).toThrow();
  expect(() => parseOverview("[1,", state)).toThrow();
});
