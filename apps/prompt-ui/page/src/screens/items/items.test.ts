// SPDX-License-Identifier: Apache-2.0
import {
  Category,
  CategorySchema,
  FieldType,
  type Item,
  ItemOverviewSchema,
  ItemSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { exposureLeftMs, exposureMs, startExposure } from "./exposure.ts";
import {
  applyDraft,
  draftOf,
  draftProblem,
  emptyField,
  nameProblem,
  newDraft,
} from "./item-draft.ts";
import { searchItems } from "./item-search.ts";
import {
  chosenClasses,
  generatePassword,
  strengthBits,
  usualOptions,
} from "./password-generator.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

function stored(): Item {
  return create(ItemSchema, {
    overview: {
      id: "i",
      vaultId: "v",
      title: "GitHub",
      category: Category.LOGIN,
      tags: ["code", "work"],
      urls: ["https://github.com"],
    },
    revision: 7n,
    sections: [{ id: "s", title: "Admin" }],
    fields: [
      { id: "u", title: "user", type: FieldType.TEXT, value: bytes("ada") },
      {
        id: "t",
        title: "token",
        sectionId: "s",
        type: FieldType.CONCEALED,
        value: bytes("secret"),
      },
    ],
    notes: bytes("a note"),
  });
}

let keys = 0;
const newKey = () => `key-${++keys}`;

describe("a draft", () => {
  it("holds nothing that is concealed, nor the notes", () => {
    const draft = draftOf(stored());
    expect(JSON.stringify(draft)).not.toMatch(/secret|a note/);
    expect(draft.fields.map(({ value }) => value)).toEqual(["ada", undefined]);
  });

  it("that nothing was typed in stores the item as it was", () => {
    const before = stored();
    const after = applyDraft(draftOf(before), before, "v", newKey);
    expect(after).toEqual(before);
  });

  it("replaces what was typed, keeps the rest, and keeps ids and revision", () => {
    const draft = draftOf(stored());
    const [user, token] = draft.fields;
    if (user === undefined || token === undefined) throw new Error("no field");
    const after = applyDraft(
      {
        ...draft,
        title: "  Forge ",
        tags: "a, ,b",
        fields: [
          user,
          { ...token, value: "other" },
          emptyField(newKey(), "pin"),
        ],
        notes: "new",
      },
      stored(),
      "v",
      newKey,
    );
    expect(after.revision).toBe(7n);
    expect(after.overview).toMatchObject({ title: "Forge", tags: ["a", "b"] });
    expect(
      after.fields.map(({ id, title, value }) => [id, title, text(value)]),
    ).toEqual([
      ["u", "user", "ada"],
      ["t", "token", "other"],
      ["", "pin", ""],
    ]);
    expect(text(after.notes)).toBe("new");
  });

  it("keeps notes that nothing was said of, and removes them when that is said", () => {
    const draft = draftOf(stored());
    const notes = (said: string | undefined) =>
      text(applyDraft({ ...draft, notes: said }, stored(), "v", newKey).notes);
    expect(notes(draft.notes)).toBe("a note");
    expect(notes("")).toBe("");
  });

  it("makes a section for a field that names a new one, and drops those that are empty", () => {
    const draft = draftOf(stored());
    const fields = draft.fields.map((field) => ({ ...field, section: "Ops" }));
    const after = applyDraft({ ...draft, fields }, stored(), "v", () => "new");
    expect(after.sections).toMatchObject([{ id: "new", title: "Ops" }]);
    expect(after.fields.map(({ sectionId }) => sectionId)).toEqual([
      "new",
      "new",
    ]);
  });

  it("of a new item leaves out fields that were not filled in", () => {
    const draft = newDraft(Category.LOGIN, newKey);
    const fields = [...draft.fields, emptyField(newKey())];
    const item = applyDraft(
      { ...draft, title: "x", fields },
      undefined,
      "v",
      newKey,
    );
    expect(item.overview).toMatchObject({ vaultId: "v", id: "" });
    expect(item.fields.map(({ title }) => title)).toEqual([
      "username",
      "password",
    ]);
  });

  it("is not stored without names, or with names like ids (T41)", () => {
    const draft = draftOf(stored());
    expect(draftProblem(draft)).toBeUndefined();
    expect(draftProblem({ ...draft, title: " " })).toMatch(/title/);
    const nameless = { ...emptyField(newKey()), value: "x" };
    expect(draftProblem({ ...draft, fields: [nameless] })).toMatch(/name/);
    expect(nameProblem("ABCDEFGHIJKLMNOPQRSTUVWXYZ")).toMatch(/like an id/);
    expect(nameProblem("x".repeat(257))).toMatch(/256/);
    expect(nameProblem("Dev")).toBeUndefined();
  });

  it("can be made for every category", () => {
    for (const { number } of CategorySchema.values) {
      const draft = newDraft(number as Category, newKey);
      expect(draftProblem({ ...draft, title: "x" })).toBeUndefined();
    }
  });
});

describe("a generated password", () => {
  const random = (array: Uint8Array<ArrayBuffer>) =>
    void crypto.getRandomValues(array);

  it("has its length, and each kind that was chosen, and no other", () => {
    for (let round = 0; round < 200; round += 1) {
      const made = text(
        generatePassword({ ...usualOptions, length: 8 }, random),
      );
      expect(made).toMatch(/^[!-~]{8}$/);
      for (const kind of chosenClasses(usualOptions)) {
        expect([...made].some((one) => kind.includes(one))).toBe(true);
      }
      expect(made).not.toMatch(/[0O1Il]/);
    }
  });

  it("throws away bytes that would favour some characters", () => {
    const digits = {
      ...usualOptions,
      letters: false,
      symbols: false,
      lookAlikes: true,
    };
    // 250 to 255 stand for no digit: ten digits have 25 bytes each.
    const given = [255, 250, 249, 0, 251, 10, 9];
    let at = 0;
    const made = generatePassword({ ...digits, length: 8 }, (array) => {
      for (let i = 0; i < array.length; i += 1)
        array[i] = given[at++ % given.length] ?? 0;
    });
    expect(text(made)).toBe("90099009");
  });

  it("is refused without a kind, or with a length out of bounds", () => {
    const none = {
      ...usualOptions,
      letters: false,
      digits: false,
      symbols: false,
    };
    expect(() => generatePassword(none, random)).toThrow(RangeError);
    for (const length of [7, 101, 8.5, Number.NaN]) {
      expect(() =>
        generatePassword({ ...usualOptions, length }, random),
      ).toThrow(RangeError);
    }
    expect(strengthBits(none)).toBe(0);
    expect(strengthBits(usualOptions)).toBeGreaterThan(128);
  });
});

describe("what is shown of an item", () => {
  it("is hidden after 30 seconds, and at once when the clock is set back", () => {
    const exposure = startExposure("x", 1_000);
    expect(exposureLeftMs(exposure, 1_000)).toBe(exposureMs);
    expect(exposureLeftMs(exposure, 30_999)).toBe(1);
    expect(exposureLeftMs(exposure, 31_000)).toBe(0);
    expect(exposureLeftMs(exposure, 500)).toBe(0);
  });
});

it("items are found by words of title, tags and addresses", () => {
  const items = [
    create(ItemOverviewSchema, { title: "GitHub", tags: ["Work"] }),
    create(ItemOverviewSchema, {
      title: "Bank",
      urls: ["https://bank.example"],
    }),
  ];
  const found = (words: string) =>
    searchItems(items, words).map(({ title }) => title);
  expect(found("")).toEqual(["GitHub", "Bank"]);
  expect(found("work git")).toEqual(["GitHub"]);
  expect(found("EXAMPLE")).toEqual(["Bank"]);
  expect(found("nothing")).toEqual([]);
});
