// SPDX-License-Identifier: Apache-2.0
import {
  create,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import type { Random } from "./random.ts";

/** Texts that mean something to the broker, or to a parser. */
export const texts: readonly string[] = [
  "Personal",
  "personal ",
  "Dev",
  "GitHub",
  "token",
  "assent://Dev/GitHub/token",
  "op://Dev/GitHub/token?attribute=otp",
  "assent://Dev/GitHub",
  "",
  " ",
  "\u202etxt.exe",
  "\u0000",
  "x".repeat(129),
  "x".repeat(2049),
  "\u{10ffff}",
  "../../etc/passwd",
  "$HOME",
  "constructor",
  "__proto__",
];

const numbers = [0, 1, -1, 2, 7, 127, 128, 255, 2 ** 31 - 1, -(2 ** 31)];
const deepest = 6;

/** A random message of a schema: any fields, in any number, with odd values among them. */
export function makeMessage(
  random: Random,
  schema: DescMessage,
  depth = 0,
): Message {
  const init: Record<string, unknown> = {};
  for (const field of chosenFields(random, schema, depth)) {
    const value = makeField(random, field, depth);
    if (value === undefined) continue;
    if (field.oneof === undefined) init[field.localName] = value;
    else init[field.oneof.localName] = { case: field.localName, value };
  }
  return create(schema, init as never);
}

function chosenFields(
  random: Random,
  schema: DescMessage,
  depth: number,
): readonly DescField[] {
  return schema.fields.filter(() => !random.oneIn(depth === 0 ? 4 : 2));
}

function makeField(random: Random, field: DescField, depth: number): unknown {
  if (field.fieldKind === "map") return undefined;
  const one = () => makeValue(random, field, depth);
  if (field.fieldKind !== "list") return one();
  const many = field.message === undefined && random.oneIn(50);
  const length = many ? random.below(1100) : random.below(3);
  const values = Array.from({ length }, one);
  return values.includes(undefined) ? undefined : values;
}

function makeValue(random: Random, field: DescField, depth: number): unknown {
  const inner = field.message;
  if (inner !== undefined) {
    return depth >= deepest ? undefined : makeMessage(random, inner, depth + 1);
  }
  if (field.enum !== undefined) {
    return random.oneIn(8)
      ? random.pick(numbers)
      : random.pick(field.enum.values).number;
  }
  const scalar = "scalar" in field ? field.scalar : undefined;
  switch (scalar) {
    case ScalarType.STRING:
      return random.pick(texts);
    case ScalarType.BYTES:
      return random.bytes(random.below(40));
    case ScalarType.BOOL:
      return random.oneIn(2);
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return random.pick([0, -1.5, Number.NaN, Number.POSITIVE_INFINITY]);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return random.pick([0n, 1n, -1n, 600n, 2n ** 63n - 1n, -(2n ** 63n)]);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return random.pick([0n, 1n, 600n, 2n ** 64n - 1n]);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return random.pick([0, 1, 6, 30, 2 ** 32 - 1]);
    default:
      return random.pick(numbers);
  }
}

/** JSON of a schema, as a hostile writer has it: names of both spellings, and values of other types. */
export function makeJson(
  random: Random,
  schema: DescMessage,
  depth = 0,
): JsonValue {
  if (schema.typeName === "google.protobuf.Duration") {
    return random.pick(["600s", "-1s", "0s", "1.5s", "1e3s", "9".repeat(30)]);
  }
  if (schema.typeName === "google.protobuf.Timestamp") {
    return random.pick(["2027-01-15T12:00:00Z", "0001-01-01T00:00:00Z", "x"]);
  }
  const object: JsonObject = {};
  for (const field of chosenFields(random, schema, depth)) {
    const name = random.oneIn(5) ? field.name : field.jsonName;
    object[name] = random.oneIn(25)
      ? anything(random, 0)
      : makeJsonField(random, field, depth);
  }
  if (random.oneIn(12)) {
    object[random.pick(texts.slice(-4))] = anything(random, 0);
  }
  return object;
}

function makeJsonField(
  random: Random,
  field: DescField,
  depth: number,
): JsonValue {
  const one = (): JsonValue => {
    const inner = field.message;
    if (inner !== undefined) {
      return depth >= deepest ? {} : makeJson(random, inner, depth + 1);
    }
    if (field.enum !== undefined) {
      return random.oneIn(3)
        ? random.pick(numbers)
        : random.pick(field.enum.values).name;
    }
    const value = makeValue(random, field, depth);
    if (value instanceof Uint8Array) {
      return Buffer.from(value).toString(random.pick(["base64", "base64url"]));
    }
    return typeof value === "bigint" ? `${value}` : (value as JsonValue);
  };
  if (field.fieldKind !== "list") return one();
  return Array.from({ length: random.below(3) }, one);
}

function anything(random: Random, depth: number): JsonValue {
  switch (random.below(8)) {
    case 0:
      return null;
    case 1:
      return random.oneIn(2);
    case 2:
      return random.pick([...numbers, 1e308, 0.1, -0]);
    case 3:
      return random.pick(texts);
    case 4:
      return depth > 3 ? [] : [anything(random, depth + 1), null];
    case 5:
      return depth > 3 ? {} : { a: anything(random, depth + 1) };
    case 6:
      return "not base64 %%";
    default:
      return {};
  }
}
