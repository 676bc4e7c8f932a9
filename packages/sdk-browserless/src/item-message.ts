// SPDX-License-Identifier: Apache-2.0
import {
  CategorySchema,
  type Category as CategoryValue,
  FieldSchema,
  FieldTypeSchema,
  type FieldType as FieldTypeValue,
  type Item as ItemMessage,
  type ItemOverview as ItemOverviewMessage,
  ItemSchema,
  SectionSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { createEnumNames, type EnumNames } from "./enum-name.ts";
import { AssentError } from "./error.ts";
import type {
  Category,
  ChangedItem,
  FieldType,
  Item,
  ItemOverview,
  NewItem,
  SecretInput,
} from "./item.ts";
import { Secret } from "./secret.ts";

/** The categories by name. */
export const categories: EnumNames<Category, CategoryValue> =
  createEnumNames(CategorySchema);
/** The types of fields by name. */
export const fieldTypes: EnumNames<FieldType, FieldTypeValue> =
  createEnumNames(FieldTypeSchema);

/** An overview as programs see it. */
export function readOverview(message: ItemOverviewMessage): ItemOverview {
  const { id, vaultId, title, tags, urls, archived } = message;
  return {
    id,
    vaultId,
    title,
    category: categories.name(message.category),
    tags,
    urls,
    archived,
    createdAt: message.createdAt && timestampDate(message.createdAt),
    updatedAt: message.updatedAt && timestampDate(message.updatedAt),
  };
}

/** An item as programs see it. The values of the message are copied, then overwritten. */
export function readItem(message: ItemMessage): Item {
  const { overview, revision, sections, fields, files, notes } = message;
  if (overview === undefined) throw new AssentError("malformed-answer");
  return {
    ...readOverview(overview),
    revision: String(revision),
    sections: sections.map(({ id, title }) => ({ id, title })),
    fields: fields.map(({ id, title, sectionId, type, value }) => ({
      id,
      title,
      sectionId,
      type: fieldTypes.name(type),
      value: take(value),
    })),
    files: files.map(({ id, name, sectionId, size }) => ({
      id,
      name,
      sectionId,
      size: Number(size),
    })),
    notes: take(notes),
  };
}

/**
 * A new item, as it is sent.
 *
 * @throws AssentError "invalid" where it could not be stored as it is meant
 */
export function newItemMessage(item: NewItem): ItemMessage {
  const { vaultId, title, category = "login", archived = false } = item;
  return create(ItemSchema, {
    overview: {
      vaultId,
      title,
      category: known(categories, category, "category"),
      tags: [...(item.tags ?? [])],
      urls: [...(item.urls ?? [])],
      archived,
    },
    sections: (item.sections ?? []).map(({ id, title }) =>
      create(SectionSchema, { id, title }),
    ),
    fields: (item.fields ?? []).map((field) =>
      create(FieldSchema, {
        id: field.id ?? "",
        title: field.title,
        sectionId: field.sectionId ?? "",
        type: known(fieldTypes, field.type ?? "text", "type of a field"),
        value: give(field.value),
      }),
    ),
    notes: give(item.notes ?? ""),
  });
}

/**
 * A changed item, as it is sent.
 *
 * @throws AssentError "invalid" where it could not be stored as it is meant
 */
export function changedItemMessage(item: ChangedItem): ItemMessage {
  // What went through JSON or a clone has lost its values: storing it would erase them.
  if (item.id === "" || item.fields === undefined || item.notes === undefined) {
    throw invalid("to replace one, take what was read and change that");
  }
  const revision = readRevision(item.revision);
  const message = newItemMessage(item);
  if (message.overview !== undefined) message.overview.id = item.id;
  message.revision = revision;
  return message;
}

/** Overwrite the values of a message that is no longer needed. */
export function clearItem(message: ItemMessage): void {
  message.notes.fill(0);
  for (const field of message.fields) field.value.fill(0);
}

function take(value: Uint8Array): Secret {
  const secret = new Secret(value);
  value.fill(0);
  return secret;
}

/** A value as bytes of our own, to be overwritten. @throws AssentError "invalid" */
export function give(value: SecretInput): Uint8Array<ArrayBuffer> {
  if (value instanceof Secret) return value.bytes();
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  throw invalid("a value is a text, bytes or a Secret");
}

function known<Value extends number>(
  names: EnumNames<string, Value>,
  name: string,
  what: string,
): Value {
  const value = names.value(name);
  if (value !== undefined) return value;
  throw invalid(`the ${what} is not one this SDK knows`);
}

/** @throws AssentError "invalid" */
export function readRevision(revision: string): bigint {
  if (/^\d{1,20}$/.test(revision)) return BigInt(revision);
  throw invalid("a revision is taken from the item that was read");
}

function invalid(rule: string): AssentError {
  return new AssentError("invalid", `Not an item: ${rule}.`);
}
