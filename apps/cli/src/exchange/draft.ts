// SPDX-License-Identifier: Apache-2.0
import {
  Category,
  FieldType,
  type Item,
  ItemSchema,
  limits,
} from "@assent/protocol";
import { create, toBinary } from "@bufbuild/protobuf";
import type { DraftFile } from "./draft-file.ts";

/** A field that comes from elsewhere. */
export interface DraftField {
  readonly title: string;
  readonly type: FieldType;
  readonly value: string;
  /** Title of its section. */
  readonly section?: string | undefined;
}

/** An item that comes from elsewhere. */
export interface Draft {
  readonly title: string;
  readonly category: Category;
  readonly tags: readonly string[];
  readonly urls: readonly string[];
  readonly fields: readonly DraftField[];
  readonly notes: string;
  readonly archived?: boolean;
  /** Each with a name that a file may have (`draftFile`). */
  readonly files?: readonly DraftFile[];
}

/** What a file held. */
export interface ReadFile {
  /** By vault; "": the file names none. */
  readonly vaults: ReadonlyMap<string, readonly Draft[]>;
  /** What could not be taken over, in words that are safe to show. */
  readonly left: readonly string[];
  /** What is held open for the content of attached files. */
  readonly close?: () => void;
}

/** A file cannot be imported; the message says why and repeats none of it. */
export class ImportError extends Error {
  override readonly name = "ImportError";
}

/** Bytes of an item beyond which it is not imported: an answer holds it whole. */
export const longestItem: number = limits.messageBytes / 2;

/** The item as it is sent, but for its vault; its bytes are to be zeroed after use. */
export function draftMessage(draft: Draft): Item {
  const sections = sectionsOf(draft);
  return create(ItemSchema, {
    overview: {
      title: draft.title,
      category: draft.category,
      tags: [...draft.tags],
      urls: [...draft.urls],
      archived: draft.archived ?? false,
    },
    sections: sections.map((title) => ({
      id: sectionId(sections, title),
      title,
    })),
    fields: draft.fields.map(({ title, type, value, section }) => ({
      title,
      type,
      sectionId: sectionId(sections, section),
      value: Buffer.from(value),
    })),
    notes: Buffer.from(draft.notes),
  });
}

/** The files as they are sent, once their item is stored. */
export function draftFiles(
  draft: Draft,
): readonly (DraftFile & { readonly sectionId: string })[] {
  const sections = sectionsOf(draft);
  return (draft.files ?? []).map((file) => ({
    ...file,
    sectionId: sectionId(sections, file.section),
  }));
}

function sectionsOf({ fields, files = [] }: Draft): string[] {
  const named = [...fields, ...files].flatMap(({ section }) => section || []);
  return [...new Set(named)];
}

function sectionId(
  sections: readonly string[],
  title: string | undefined,
): string {
  return title ? `section-${sections.indexOf(title)}` : "";
}

/** Bytes of an item as it is sent. */
export function sizeOfMessage(message: Item): number {
  return toBinary(ItemSchema, message).length;
}

/** A concealed field, or a text; undefined where there is no value. */
export function field(
  title: string,
  value: unknown,
  type: FieldType = FieldType.TEXT,
  section?: string,
): DraftField | undefined {
  const text = textOf(value);
  return text === "" ? undefined : { title, type, value: text, section };
}

/** Those that have a value, each with a title. */
export function fieldsOf(
  ...fields: readonly (DraftField | undefined)[]
): DraftField[] {
  return fields.flatMap((each, at) =>
    each === undefined
      ? []
      : { ...each, title: each.title === "" ? `field ${at + 1}` : each.title },
  );
}

/** A text or a number, as text; everything else: "". */
export function textOf(value: unknown): string {
  return typeof value === "string"
    ? value
    : typeof value === "number"
      ? String(value)
      : "";
}

/** An object; anything else: an empty one. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A list; anything else: an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** JSON of a file. @throws ImportError which repeats nothing of it */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ImportError("it is no whole JSON file; perhaps it was cut off");
  }
}

export { Category, FieldType };
