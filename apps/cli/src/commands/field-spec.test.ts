// SPDX-License-Identifier: Apache-2.0
import { Category, FieldType, ItemSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import {
  categoryNames,
  fieldTypes,
  findField,
  nameOfCategory,
  nameOfType,
  readCategory,
  readFieldSpec,
  removeField,
  setField,
} from "./field-spec.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function item() {
  return create(ItemSchema, {
    sections: [{ id: "s1", title: "prod" }],
    fields: [
      { id: "f1", title: "user", type: FieldType.TEXT, value: bytes("ada") },
      { id: "f2", title: "token", type: FieldType.CONCEALED },
      {
        id: "f3",
        title: "token",
        sectionId: "s1",
        type: FieldType.CONCEALED,
      },
    ],
  });
}

test("reads section, name and type", () => {
  expect(readFieldSpec("token")).toEqual({
    section: undefined,
    name: "token",
    type: undefined,
  });
  expect(readFieldSpec("prod/key:ssh-key")).toEqual({
    section: "prod",
    name: "key",
    type: FieldType.SSH_KEY,
  });
});

test("refuses what names no field, or no type", () => {
  for (const text of ["", "/x", "a/", ":text", "a:b", "a:constructor"]) {
    expect(() => readFieldSpec(text), text).toThrow();
  }
});

test("every type and category has a name that is read back", () => {
  for (const name of fieldTypes) {
    expect(nameOfType(readFieldSpec(`x:${name}`).type ?? 0)).toBe(name);
  }
  for (const name of categoryNames) {
    expect(nameOfCategory(readCategory(name))).toBe(name);
  }
  expect(readCategory("none")).toBe(Category.UNSPECIFIED);
});

test("sets a field that is there, and keeps its type", () => {
  const changed = item();
  setField(changed, readFieldSpec("user"), bytes("eve"), () => "new");
  expect(changed.fields).toHaveLength(3);
  expect(changed.fields[0]).toMatchObject({
    id: "f1",
    type: FieldType.TEXT,
    value: bytes("eve"),
  });
});

test("adds a field, concealed unless told otherwise, and its section", () => {
  const changed = item();
  setField(changed, readFieldSpec("pin"), bytes("1"), () => "new");
  setField(changed, readFieldSpec("test/url:url"), bytes("2"), () => "new");
  setField(changed, readFieldSpec("prod/pin"), bytes("3"), () => "never");
  expect(changed.fields.slice(3)).toMatchObject([
    { title: "pin", sectionId: "", type: FieldType.CONCEALED },
    { title: "url", sectionId: "new", type: FieldType.URL },
    { title: "pin", sectionId: "s1", type: FieldType.CONCEALED },
  ]);
  expect(changed.sections.map(({ title }) => title)).toEqual(["prod", "test"]);
});

test("a name that several fields have has to be told with its section", () => {
  expect(() => findField(item(), readFieldSpec("token"))).toThrow(/More than/);
  expect(findField(item(), readFieldSpec("prod/token"))?.id).toBe("f3");
  expect(findField(item(), readFieldSpec("f2"))?.id).toBe("f2");
  expect(findField(item(), readFieldSpec("none"))).toBeUndefined();
});

test("removes a field, and says when there is none", () => {
  const changed = item();
  removeField(changed, readFieldSpec("user"));
  expect(changed.fields.map(({ id }) => id)).toEqual(["f2", "f3"]);
  expect(() => removeField(changed, readFieldSpec("user"))).toThrow(
    "The item has no field user.",
  );
});
