// SPDX-License-Identifier: Apache-2.0
import type { Field, Item, ItemOverview } from "@assent/protocol";
import {
  categoryText,
  fieldReference,
  fieldTypeText,
  inARow,
  isConcealed,
  makeSafe,
} from "@assent/wording";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { nameOfCategory, nameOfType } from "./field-spec.ts";

const hidden = "••••••••";

/** An item's overview, for programs. */
export function overviewJson(item: ItemOverview, vaultName: string): object {
  return {
    id: item.id,
    title: item.title,
    category: nameOfCategory(item.category),
    vault: { id: item.vaultId, name: vaultName },
    tags: item.tags,
    urls: item.urls,
    archived: item.archived,
    createdAt: item.createdAt && timestampDate(item.createdAt).toISOString(),
    updatedAt: item.updatedAt && timestampDate(item.updatedAt).toISOString(),
  };
}

/** A whole item, for programs; what is concealed only when it is to be revealed. */
export function itemJson(
  item: Item,
  vaultName: string,
  reveal: boolean,
): object {
  return {
    ...(item.overview && overviewJson(item.overview, vaultName)),
    revision: Number(item.revision),
    fields: item.fields.map((field) => ({
      id: field.id,
      title: field.title,
      section: sectionTitle(item, field),
      type: nameOfType(field.type),
      ...(reveal || !isConcealed(field.type)
        ? { value: decode(field.value) }
        : {}),
    })),
    files: item.files.map(({ id, name, size }) => ({
      id,
      name,
      size: Number(size),
    })),
    ...(reveal ? { notes: decode(item.notes) } : {}),
  };
}

/** A whole item as rows to be shown; the last column is the reference. */
export function itemRows(
  item: Item,
  vaultName: string,
  reveal: boolean,
): string[][] {
  const rows = item.fields.map((field) => {
    const section = sectionTitle(item, field);
    const title = makeSafe(field.title);
    return [
      section === undefined ? title : `${makeSafe(section)} › ${title}`,
      reveal || !isConcealed(field.type) ? makeSafe(field.value) : hidden,
      fieldTypeText(field.type),
      fieldReference(item, field, vaultName) ?? "",
    ];
  });
  const files = item.files.map(({ name, size }) => [
    makeSafe(name),
    `${size} bytes`,
    "file",
    "",
  ]);
  const { urls = [], tags = [] } = item.overview ?? {};
  const websites = urls.map((url) => ["website", makeSafe(url), "address", ""]);
  const labels =
    tags.length === 0
      ? []
      : [["labels", inARow(tags.map((tag) => makeSafe(tag))), "text", ""]];
  const notes =
    item.notes.length === 0
      ? []
      : [["notes", reveal ? makeSafe(item.notes) : hidden, "text", ""]];
  return [...rows, ...files, ...websites, ...labels, ...notes];
}

/** The first line above an item. */
export function itemHeading(item: Item, vaultName: string): string {
  const overview = item.overview;
  const archived = overview?.archived ? ", archived" : "";
  return `${makeSafe(overview?.title ?? "")} (${categoryText(overview?.category ?? 0)}) in ${makeSafe(vaultName)}${archived}`;
}

function sectionTitle(item: Item, field: Field): string | undefined {
  return item.sections.find(({ id }) => id === field.sectionId)?.title;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
