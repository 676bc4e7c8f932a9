// SPDX-License-Identifier: Apache-2.0
import {
  Category,
  CategorySchema,
  FieldSchema,
  FieldType,
  FieldTypeSchema,
  FileSchema,
  type Item,
  ItemOverviewSchema,
  ItemSchema,
  limits,
  SectionSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { looksLikeId } from "../crypto/id.ts";
import { type FileDraft, type ItemEntry, StoreError } from "./store.ts";

/** What the store adds to an item that it was given. */
export interface ItemFacts {
  readonly id: string;
  readonly revision: bigint;
  /** The item as it stands; undefined: it is new. */
  readonly previous: ItemEntry | undefined;
  readonly nowMs: number;
  readonly newId: () => string;
  /** Its files from now on; by default those that it has. */
  readonly files?: ItemEntry["files"];
}

/**
 * The item as it will be stored: ids given where they are missing, times set,
 * unspecified kinds resolved, what the schema does not know dropped, files
 * those of `facts` whatever the draft says (they have operations of their own).
 * Values are the caller's bytes, not copies.
 *
 * @throws StoreError "invalid"
 */
export function settleItem(draft: Item, facts: ItemFacts): Item {
  const { previous, nowMs } = facts;
  const given = draft.overview;
  if (given === undefined) throw invalid("an item needs an overview");
  checkName(given.title, "the title of an item");
  const ids = new Set<string>();
  const settleId = (id: string): string => {
    const settled = id === "" ? facts.newId() : id;
    if (settled.length > limits.nameLength) throw invalid("an id is too long");
    if (ids.has(settled)) throw invalid("an id occurs twice in the item");
    ids.add(settled);
    return settled;
  };
  const files = facts.files ?? previous?.files ?? [];
  for (const { id } of files) settleId(id);
  const sections = draft.sections.map(({ id, title }) =>
    create(SectionSchema, { id: settleId(id), title: checkTitle(title) }),
  );
  const hasSection = (id: string) =>
    id === "" || sections.some((section) => section.id === id);
  return create(ItemSchema, {
    overview: create(ItemOverviewSchema, {
      id: facts.id,
      vaultId: given.vaultId,
      title: given.title,
      category: settleCategory(given.category),
      tags: [...given.tags],
      urls: [...given.urls],
      archived: given.archived,
      createdAt: previous?.overview.createdAt ?? timestampFromMs(nowMs),
      updatedAt: timestampFromMs(nowMs),
    }),
    revision: facts.revision,
    sections,
    fields: draft.fields.map((field) => {
      if (!hasSection(field.sectionId)) {
        throw invalid("a field names a section that the item does not have");
      }
      return create(FieldSchema, {
        id: settleId(field.id),
        title: checkTitle(field.title),
        sectionId: field.sectionId,
        type: settleType(field.type),
        value: field.value,
      });
    }),
    files: files.map(({ id, name, sectionId, size }) =>
      create(FileSchema, {
        id,
        name,
        sectionId: hasSection(sectionId) ? sectionId : "",
        size,
      }),
    ),
    notes: draft.notes,
  });
}

/**
 * The name of a vault or an item: not blank, not too long, and never like an
 * id, since ids win where either may stand.
 *
 * @throws StoreError "invalid"
 */
export function checkName(name: string, what: string): string {
  if (name.trim() === "") throw invalid(`${what} is empty`);
  if (looksLikeId(name)) throw invalid(`${what} looks like an id`);
  return checkTitle(name);
}

/** What a file comes to. */
export interface FileFacts {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** The one in whose place it comes. */
  readonly present: ItemEntry["files"][number] | undefined;
  readonly item: ItemEntry;
}

/** The file as it will be stored. @throws StoreError "invalid" */
export function settleFile(
  { name, sectionId }: FileDraft,
  { id, size, present, item }: FileFacts,
): ItemEntry["files"][number] {
  if (size > limits.fileBytes) {
    throw invalid(`a file has at most ${limits.fileBytes} bytes`);
  }
  if (present === undefined && item.files.length >= limits.files) {
    throw invalid(`an item has at most ${limits.files} files`);
  }
  if (sectionId !== "" && !item.sections.some((one) => one.id === sectionId)) {
    throw invalid("the file names a section that the item does not have");
  }
  const settled = name === "" && present !== undefined ? present.name : name;
  checkName(settled, "the name of a file");
  return { id, name: settled, sectionId, size: BigInt(size) };
}

function checkTitle(title: string): string {
  if (title.length > limits.nameLength) {
    throw invalid(`a name has at most ${limits.nameLength} characters`);
  }
  return title;
}

function settleCategory(category: Category): Category {
  if (category === Category.UNSPECIFIED) return Category.LOGIN;
  if (CategorySchema.value[category] === undefined) {
    throw invalid("the category is not known");
  }
  return category;
}

function settleType(type: FieldType): FieldType {
  if (type === FieldType.UNSPECIFIED) return FieldType.TEXT;
  if (FieldTypeSchema.value[type] === undefined) {
    throw invalid("the type of a field is not known");
  }
  return type;
}

function invalid(message: string): StoreError {
  return new StoreError("invalid", message);
}
