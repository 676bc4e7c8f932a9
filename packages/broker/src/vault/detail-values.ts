// SPDX-License-Identifier: Apache-2.0

/** A field of an open item: what a reference reads of it. */
export interface FieldValue {
  readonly id: string;
  /** FieldType of the schema. */
  readonly type: number;
  readonly value: Uint8Array;
}

/** What of an item stands in its detail alone. */
export interface DetailValues {
  readonly fields: readonly FieldValue[];
  readonly notes: Uint8Array;
}

/*
 * Field numbers of assent.v1.Item and assent.v1.Field. References are read far
 * more often than whole items, and what stands beside the values is in memory
 * already: it is passed over.
 */
const itemFields = 4;
const itemNotes = 6;
const fieldId = 1;
const fieldType = 4;
const fieldValue = 5;

const empty: Uint8Array = new Uint8Array();

/**
 * The values of an encoded assent.v1.Item, without the rest of it. They are
 * views of `item`: zeroing that zeroes them.
 *
 * @throws RangeError when it is malformed.
 */
export function readValues(item: Uint8Array): DetailValues {
  const bytes = Buffer.from(item.buffer, item.byteOffset, item.length);
  const fields: FieldValue[] = [];
  let notes = empty;
  const parts = new PartReader(bytes, 0, bytes.length);
  while (parts.next()) {
    if (parts.number === itemFields) {
      fields.push(readField(bytes, parts.start, parts.end));
    } else if (parts.number === itemNotes) {
      notes = bytes.subarray(parts.start, parts.end);
    }
  }
  return { fields, notes };
}

function readField(bytes: Buffer, start: number, end: number): FieldValue {
  let id = "";
  let type = 0;
  let value = empty;
  const parts = new PartReader(bytes, start, end);
  while (parts.next()) {
    if (parts.number === fieldId) {
      id = bytes.toString("utf8", parts.start, parts.end);
    } else if (parts.number === fieldType) {
      type = parts.varint;
    } else if (parts.number === fieldValue) {
      value = bytes.subarray(parts.start, parts.end);
    }
  }
  return { id, type, value };
}

/** Goes through the parts of one message, without a copy of any. */
class PartReader {
  /** Of the field, in the schema. */
  number = 0;
  /** Where its bytes are. */
  start = 0;
  end: number;
  /** What it is, if a number. */
  varint = 0;
  readonly bytes: Uint8Array;
  readonly limit: number;

  constructor(bytes: Uint8Array, start: number, limit: number) {
    this.bytes = bytes;
    this.end = start;
    this.limit = limit;
  }

  /** Go to the next. False: there is none. @throws RangeError */
  next(): boolean {
    if (this.end === this.limit) return false;
    const tag = this.#readVarint();
    this.number = tag >>> 3;
    this.start = this.end;
    switch (tag & 7) {
      case 0:
        this.varint = this.#readVarint();
        break;
      case 1:
        this.end += 8;
        break;
      case 2: {
        const length = this.#readVarint();
        this.start = this.end;
        this.end += length;
        break;
      }
      case 5:
        this.end += 4;
        break;
      default:
        throw malformed();
    }
    if (this.end > this.limit) throw malformed();
    return true;
  }

  #readVarint(): number {
    // Most take one byte.
    const first = this.bytes[this.end] ?? 0x80;
    if (first < 0x80 && this.end < this.limit) {
      this.end += 1;
      return first;
    }
    let value = 0;
    for (let scale = 1; this.end < this.limit; scale *= 128) {
      const byte = this.bytes[this.end++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw malformed();
  }
}

function malformed(): RangeError {
  return new RangeError("malformed");
}
