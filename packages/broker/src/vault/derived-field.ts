// SPDX-License-Identifier: Apache-2.0
import { foldName } from "./folded-name.ts";

/**
 * Something that is read of an item like a field, without being stored as one:
 * its notes, and what follows from its SSH key. A stored field of that name
 * wins.
 */
export interface DerivedField {
  /** Stands where a field's id stands. */
  readonly id: string;
  readonly of:
    | "notes"
    | "private-key"
    | "public-key"
    | "fingerprint"
    | "key-type";
}

const notes: DerivedField = { id: "notesPlain", of: "notes" };
const privateKey: DerivedField = { id: "private_key", of: "private-key" };
const publicKey: DerivedField = { id: "public_key", of: "public-key" };
const fingerprint: DerivedField = { id: "fingerprint", of: "fingerprint" };
const keyType: DerivedField = { id: "key_type", of: "key-type" };

const byName: ReadonlyMap<string, DerivedField> = new Map(
  (
    [
      ["notes", notes],
      ["notesPlain", notes],
      ["private key", privateKey],
      ["private_key", privateKey],
      ["public key", publicKey],
      ["public_key", publicKey],
      ["fingerprint", fingerprint],
      ["key type", keyType],
      ["key_type", keyType],
    ] as const
  ).map(([name, field]) => [foldName(name), field]),
);

/** The derived field that goes by this name. */
export function derivedFieldNamed(name: string): DerivedField | undefined {
  return byName.get(foldName(name));
}
