// SPDX-License-Identifier: Apache-2.0
import type { Item } from "@assent/protocol";
import { nameOfCategory, nameOfType } from "../commands/field-spec.ts";
import { contentKey, type WholeVault } from "./read-all.ts";

/** Everything as JSON, in plain text. A value that is no text is in Base64. */
export function writeJsonExport(
  vaults: readonly WholeVault[],
  nowMs: number,
): Uint8Array {
  const whole = {
    format: "assent-export",
    version: 1,
    exportedAt: new Date(nowMs).toISOString(),
    vaults: vaults.map(({ vault, items, contents }) => ({
      id: vault.id,
      name: vault.name,
      description: vault.description,
      items: items.map((item) => itemOf(item, contents)),
    })),
  };
  return Buffer.from(`${JSON.stringify(whole, null, 2)}\n`);
}

function itemOf(item: Item, contents: WholeVault["contents"]): object {
  const { overview, sections, fields, files, notes } = item;
  return {
    id: overview?.id,
    title: overview?.title,
    category: nameOfCategory(overview?.category ?? 0),
    tags: overview?.tags,
    urls: overview?.urls,
    archived: overview?.archived,
    sections: sections.map(({ id, title }) => ({ id, title })),
    fields: fields.map(({ id, title, sectionId, type, value }) => ({
      id,
      title,
      ...(sectionId === "" ? {} : { sectionId }),
      type: nameOfType(type),
      ...textOrBase64("value", value),
    })),
    ...textOrBase64("notes", notes),
    files: files.map((file) => {
      const { id, name, sectionId, size } = file;
      const content = contents?.get(contentKey(item, file));
      return {
        id,
        name,
        ...(sectionId === "" ? {} : { sectionId }),
        size: Number(size),
        ...(content && {
          contentBase64: Buffer.from(content).toString("base64"),
        }),
      };
    }),
  };
}

function textOrBase64(name: string, bytes: Uint8Array): Record<string, string> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { [name]: text.decode(bytes) };
  } catch {
    return { [`${name}Base64`]: Buffer.from(bytes).toString("base64") };
  }
}
