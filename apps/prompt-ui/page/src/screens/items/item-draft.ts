// SPDX-License-Identifier: Apache-2.0
import {
  Category,
  FieldSchema,
  FieldType,
  type Item,
  ItemSchema,
  limits,
  SectionSchema,
} from "@assent/protocol";
import { isConcealed, itemText } from "@assent/wording";
import { clone, create } from "@bufbuild/protobuf";

/** A field as it is edited. What is concealed is in no draft unless it is typed anew. */
export interface FieldDraft {
  /** Of this page; the id of the field where it has one. */
  readonly key: string;
  readonly title: string;
  readonly section: string;
  readonly type: FieldType;
  /** Undefined: the value that is stored stays. */
  readonly value: string | undefined;
  readonly isNew: boolean;
}

/** An item as it is edited. */
export interface ItemDraft {
  readonly title: string;
  readonly category: Category;
  readonly tags: string;
  readonly urls: string;
  readonly fields: readonly FieldDraft[];
  /** Undefined: the notes that are stored stay. */
  readonly notes: string | undefined;
}

/** A draft of a new item: the fields that its category usually has. */
export function newDraft(category: Category, newKey: () => string): ItemDraft {
  return {
    title: "",
    category,
    tags: "",
    urls: "",
    notes: "",
    fields: (usualFields[category] ?? usualFields[Category.PASSWORD] ?? []).map(
      ([title, type]) => emptyField(newKey(), title, type),
    ),
  };
}

/** A field that is not there yet. */
export function emptyField(
  key: string,
  title = "",
  type: FieldType = FieldType.CONCEALED,
): FieldDraft {
  return { key, title, section: "", type, value: "", isNew: true };
}

const usualFields: Readonly<
  Partial<Record<Category, readonly (readonly [string, FieldType])[]>>
> = {
  [Category.LOGIN]: [
    ["username", FieldType.TEXT],
    ["password", FieldType.CONCEALED],
  ],
  [Category.PASSWORD]: [["password", FieldType.CONCEALED]],
  [Category.API_CREDENTIAL]: [["token", FieldType.CONCEALED]],
  [Category.SSH_KEY]: [["private key", FieldType.SSH_KEY]],
  [Category.DATABASE]: [
    ["host", FieldType.TEXT],
    ["database", FieldType.TEXT],
    ["username", FieldType.TEXT],
    ["password", FieldType.CONCEALED],
  ],
  [Category.SERVER]: [
    ["address", FieldType.URL],
    ["username", FieldType.TEXT],
    ["password", FieldType.CONCEALED],
  ],
  [Category.SECURE_NOTE]: [],
  [Category.DOCUMENT]: [],
  [Category.ENVIRONMENT]: [["NAME", FieldType.CONCEALED]],
  [Category.CREDIT_CARD]: [
    ["name on the card", FieldType.TEXT],
    ["number", FieldType.CONCEALED],
    ["expires", FieldType.MONTH_YEAR],
    ["security code", FieldType.CONCEALED],
  ],
  [Category.IDENTITY]: [
    ["first name", FieldType.TEXT],
    ["last name", FieldType.TEXT],
    ["birthday", FieldType.DATE],
    ["e-mail", FieldType.EMAIL],
    ["telephone", FieldType.PHONE],
  ],
};

/**
 * A draft of an item that is there. Values that are concealed, and the notes,
 * are left out: they stay as they are stored.
 */
export function draftOf(item: Item): ItemDraft {
  const sections = new Map(item.sections.map(({ id, title }) => [id, title]));
  return {
    title: item.overview?.title ?? "",
    category: item.overview?.category ?? Category.LOGIN,
    tags: (item.overview?.tags ?? []).join(", "),
    urls: (item.overview?.urls ?? []).join("\n"),
    notes: item.notes.length === 0 ? "" : undefined,
    fields: item.fields.map((field) => ({
      key: field.id,
      title: field.title,
      section: sections.get(field.sectionId) ?? "",
      type: field.type,
      value: isConcealed(field.type)
        ? undefined
        : new TextDecoder().decode(field.value),
      isNew: false,
    })),
  };
}

/** Why a draft cannot be stored; undefined: it can, as far as the page can tell. */
export function draftProblem(draft: ItemDraft): string | undefined {
  if (draft.title.trim() === "") return itemText.noTitle;
  const named = draft.fields.filter((field) => !isBlank(field));
  if (named.some(({ title }) => title.trim() === "")) {
    return itemText.noFieldName;
  }
  return [draft.title, ...named.map(({ title }) => title)]
    .map(nameProblem)
    .find((problem) => problem !== undefined);
}

/** Why a vault, an item or a field cannot have this name; undefined: it can. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === "") return itemText.emptyName;
  if (name.length > limits.nameLength) return itemText.tooLong;
  const settled = name.normalize("NFKC").trim().toLowerCase();
  return /^[a-z2-7]{26}$/.test(settled) ? itemText.looksLikeId : undefined;
}

/**
 * The item as it is to be stored: `stored` with what the draft changes, or a
 * new one in the vault. Fields without name and value are left out. The caller
 * zeroes the values of the result.
 */
export function applyDraft(
  draft: ItemDraft,
  stored: Item | undefined,
  vaultId: string,
  newId: () => string,
): Item {
  const item =
    stored === undefined
      ? create(ItemSchema, { overview: { vaultId } })
      : clone(ItemSchema, stored);
  const before = new Map(item.fields.map((field) => [field.id, field]));
  if (item.overview !== undefined) {
    item.overview.title = draft.title.trim();
    item.overview.category = draft.category;
    item.overview.tags = split(draft.tags, ",");
    item.overview.urls = split(draft.urls, "\n");
  }
  const sectionOf = (title: string): string => {
    if (title.trim() === "") return "";
    const present = item.sections.find((section) => section.title === title);
    if (present !== undefined) return present.id;
    const section = create(SectionSchema, { id: newId(), title });
    item.sections.push(section);
    return section.id;
  };
  item.fields = draft.fields
    .filter((field) => !isBlank(field))
    .map((field) => {
      const present = field.isNew ? undefined : before.get(field.key);
      return create(FieldSchema, {
        id: present?.id ?? "",
        title: field.title.trim(),
        sectionId: sectionOf(field.section),
        type: field.type,
        value:
          field.value === undefined
            ? (present?.value ?? new Uint8Array())
            : new TextEncoder().encode(field.value),
      });
    });
  // A file may be in a section that no field is in.
  item.sections = item.sections.filter(({ id }) =>
    [...item.fields, ...item.files].some(({ sectionId }) => sectionId === id),
  );
  if (draft.notes !== undefined) {
    item.notes = new TextEncoder().encode(draft.notes);
  }
  return item;
}

/** Whether the value of a field is only in the field it is typed into. */
export function isConcealedDraft({ type }: FieldDraft): boolean {
  return isConcealed(type);
}

function isBlank({ isNew, title, value }: FieldDraft): boolean {
  return isNew && title.trim() === "" && (value ?? "") === "";
}

function split(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
