// SPDX-License-Identifier: Apache-2.0
import { FieldType, type Item, ItemSchema } from "@assent/protocol";
import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readValues } from "./detail-values.ts";
import { decodeValues, encodeDetail } from "./item-codec.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
const text = fc.string({ unit: "grapheme" });
const items: fc.Arbitrary<Item> = fc
  .record({
    title: text,
    revision: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    notes: bytes,
    sections: fc.array(fc.record({ id: text, title: text })),
    files: fc.array(
      fc.record({ id: text, size: fc.bigInt({ min: 0n, max: 1n << 63n }) }),
    ),
    fields: fc.array(
      fc.record({
        id: text,
        title: text,
        sectionId: text,
        type: fc.constantFrom(FieldType.UNSPECIFIED, FieldType.TOTP),
        value: bytes,
      }),
    ),
  })
  .map(({ title, ...rest }) =>
    create(ItemSchema, { overview: { title, archived: true }, ...rest }),
  );

function valuesOf({ fields, notes }: Pick<Item, "fields" | "notes">) {
  return {
    fields: fields.map(({ id, type, value }) => [id, type, [...value]]),
    notes: [...notes],
  };
}

const seen = ({ fields, notes }: ReturnType<typeof readValues>) => ({
  fields: fields.map(({ id, type, value }) => [id, type, [...value]]),
  notes: [...notes],
});

test("the values of a detail are those of the whole item", () => {
  fc.assert(
    fc.property(items, (item) => {
      using detail = encodeDetail(item);
      expect(seen(decodeValues(detail.bytes))).toEqual(valuesOf(item));
      expect(seen(readValues(toBinary(ItemSchema, item)))).toEqual(
        valuesOf(item),
      );
    }),
  );
});

test("values of every length are found, and what comes after them", () => {
  for (const length of [0, 1, 127, 128, 16383, 16384, 2097152]) {
    const item = create(ItemSchema, {
      fields: [{ id: "f", value: new Uint8Array(length).fill(7) }],
      notes: Uint8Array.of(9),
    });
    using detail = encodeDetail(item);
    const { fields, notes } = decodeValues(detail.bytes);
    expect(fields[0]?.value.length).toBe(length);
    expect(fields[0]?.value.every((byte) => byte === 7)).toBe(true);
    expect([...notes]).toEqual([9]);
  }
});

test("zeroing a detail zeroes the values that were read from it", () => {
  const item = create(ItemSchema, {
    fields: [{ id: "f", value: new Uint8Array(50).fill(7) }],
    notes: new Uint8Array(50).fill(9),
  });
  const detail = encodeDetail(item);
  const { fields, notes } = decodeValues(detail.bytes);
  detail[Symbol.dispose]();
  expect(fields[0]?.value).toEqual(Buffer.alloc(50));
  expect(notes).toEqual(Buffer.alloc(50));
});

test("parts that nobody knows yet are passed over, of whatever type", () => {
  const item = new BinaryWriter()
    .tag(20, WireType.Varint)
    .uint64((1n << 64n) - 1n)
    .tag(21, WireType.Bit64)
    .fixed64(1n)
    .tag(300, WireType.LengthDelimited)
    .bytes(new Uint8Array(200))
    .tag(22, WireType.Bit32)
    .fixed32(1)
    .tag(6, WireType.LengthDelimited)
    .bytes(Uint8Array.of(1, 2))
    .finish();
  expect([...readValues(item).notes]).toEqual([1, 2]);
});

test("what is malformed is refused, wherever it ends", () => {
  const item = create(ItemSchema, {
    overview: { title: "t" },
    revision: 300n,
    fields: [{ id: "f", value: Uint8Array.of(1, 2, 3) }],
    notes: Uint8Array.of(1),
  });
  const whole = toBinary(ItemSchema, item);
  const ends = [0];
  for (let end = 1; end < whole.length; end++) {
    try {
      readValues(whole.subarray(0, end));
      ends.push(end);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
  // Between two parts an item may end: overview, revision, field, notes.
  expect(ends).toHaveLength(4);
  const groups = Uint8Array.of((4 << 3) | 3, (4 << 3) | 4);
  const endless = new Uint8Array(40).fill(0xff);
  const short = Uint8Array.of(0, 0, 0, 9, 1);
  expect(() => readValues(groups)).toThrow(RangeError);
  expect(() => readValues(endless)).toThrow(RangeError);
  expect(() => decodeValues(short)).toThrow(RangeError);
});
