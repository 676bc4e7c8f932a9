// SPDX-License-Identifier: Apache-2.0
import {
  type Field,
  FieldType,
  type Item,
  parseSecretReference,
} from "@assent/protocol";

const secretTypes: ReadonlySet<FieldType> = new Set([
  FieldType.CONCEALED,
  FieldType.TOTP,
  FieldType.SSH_KEY,
]);

/** Whether the value of a field of this type stays hidden until it is asked for. */
export function isConcealed(type: FieldType): boolean {
  return secretTypes.has(type);
}

/** What of an item a reference is made of. */
export type ReferredItem = Pick<Item, "overview" | "sections">;

/**
 * The secret reference of a field: with names where they can stand in one,
 * else with ids. Undefined: neither can.
 */
export function fieldReference(
  item: ReferredItem,
  field: Pick<Field, "id" | "title" | "sectionId">,
  vaultName: string,
): string | undefined {
  const { id = "", title = "", vaultId = "" } = item.overview ?? {};
  const section = item.sections.find(({ id }) => id === field.sectionId)?.title;
  const within = section === undefined ? "" : `${section}/`;
  const candidates = [
    `assent://${vaultName}/${title}/${within}${field.title}`,
    `assent://${vaultId}/${id}/${field.id}`,
  ];
  return candidates.find(isReference);
}

function isReference(text: string): boolean {
  try {
    parseSecretReference(text);
    return true;
  } catch {
    return false;
  }
}
