// SPDX-License-Identifier: Apache-2.0
import { Category, FieldType, ItemSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { itemHeading, itemJson, itemRows } from "./item-view.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const item = create(ItemSchema, {
  overview: {
    id: "itemitemitemitemitemitemit",
    vaultId: "vaultvaultvaultvaultvaultv",
    title: "GitHub",
    category: Category.API_CREDENTIAL,
    urls: ["https://github.com", "https://x\u202e"],
    tags: ["work", "ci"],
  },
  sections: [{ id: "s1", title: "prod" }],
  fields: [
    {
      id: "f1",
      title: "user",
      type: FieldType.TEXT,
      value: bytes("ada\u202e"),
    },
    {
      id: "f2",
      title: "clé",
      sectionId: "s1",
      type: FieldType.CONCEALED,
      value: bytes("hunter2"),
    },
    { id: "f3", title: "code", type: FieldType.TOTP, value: bytes("SEED") },
  ],
  notes: bytes("note to self"),
});

test("shows what is plain, safely, and hides what is concealed (T21)", () => {
  expect(itemHeading(item, "Dev")).toBe("GitHub (API credential) in Dev");
  expect(itemRows(item, "Dev", false)).toEqual([
    ["user", "ada<U+202E>", "text", "assent://Dev/GitHub/user"],
    [
      "prod › clé",
      "••••••••",
      "concealed",
      "assent://vaultvaultvaultvaultvaultv/itemitemitemitemitemitemit/f2",
    ],
    ["code", "••••••••", "one-time password", "assent://Dev/GitHub/code"],
    ["website", "https://github.com", "address", ""],
    ["website", "https://x<U+202E>", "address", ""],
    ["labels", "work and ci", "text", ""],
    ["notes", "••••••••", "text", ""],
  ]);
});

test("reveals when asked to", () => {
  const shown = JSON.stringify(itemRows(item, "Dev", true));
  for (const value of ["hunter2", "SEED", "note to self"]) {
    expect(shown).toContain(value);
  }
});

test("for programs, what is concealed is left out unless revealed", () => {
  const hidden = JSON.stringify(itemJson(item, "Dev", false));
  for (const value of ["hunter2", "SEED", "note to self"]) {
    expect(hidden).not.toContain(value);
  }
  expect(itemJson(item, "Dev", true)).toMatchObject({
    title: "GitHub",
    category: "api-credential",
    vault: { name: "Dev" },
    fields: [
      { title: "user", value: "ada\u202e" },
      { title: "clé", section: "prod", type: "concealed", value: "hunter2" },
      { title: "code", type: "totp", value: "SEED" },
    ],
    notes: "note to self",
  });
});
