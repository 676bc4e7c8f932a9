// SPDX-License-Identifier: Apache-2.0
import {
  Category,
  FieldType,
  ReferenceFailure,
  type SecretReference,
} from "@assent/protocol";
import { type DerivedField, derivedFieldNamed } from "./derived-field.ts";
import { foldName } from "./folded-name.ts";
import type { ItemEntry } from "./store.ts";

/** A field or a file of an item, by id. */
export interface MatchedPart {
  readonly fieldId: string | undefined;
  readonly fileId: string | undefined;
}

/** The one part that was meant, or why there is none. */
export type FieldOutcome =
  | { readonly part: MatchedPart }
  | { readonly failure: ReferenceFailure };

/** What a reference says below its item. */
export type FieldReference = Pick<
  SecretReference,
  "section" | "attribute" | "sshFormat"
> & { readonly field: string };

interface Part {
  readonly id: string;
  readonly sectionId: string;
}

const fileAttributes: readonly string[] = ["content", "name", "size"];

/**
 * Find the field that a reference means. By id first; then by name: fields,
 * what can be told of the item beside them (`derived-field.ts`), files. Where
 * no section is named, a field outside every section wins over others of its
 * name. Attributes that only files have look at files alone.
 */
export function matchField(
  item: ItemEntry,
  wanted: FieldReference,
): FieldOutcome {
  const inSection = sectionFilter(item, wanted.section);
  if (inSection === undefined) return fail(ReferenceFailure.SECTION_NOT_FOUND);
  const within = <One extends Part>(parts: readonly One[]) =>
    wanted.section === undefined ? parts : parts.filter(inSection);
  const fields = within(
    fileAttributes.includes(wanted.attribute) ? [] : item.fields,
  );
  const files = within(item.files);

  const byId = fields.find(({ id }) => id === wanted.field);
  if (byId !== undefined) return judgeField(byId, wanted);
  const fileById = files.find(({ id }) => id === wanted.field);
  if (fileById !== undefined) return judgeFile(fileById, wanted);

  const named = sameName(item, fields, (field) => field.title, wanted);
  if (named.length > 1) return fail(ReferenceFailure.TOO_MANY_FIELDS);
  if (named[0] !== undefined) return judgeField(named[0], wanted);

  const derived = derivedFieldNamed(wanted.field);
  if (derived !== undefined && !fileAttributes.includes(wanted.attribute)) {
    const outcome = matchDerived(item, derived, inSection, wanted);
    if (outcome !== undefined) return outcome;
  }

  const namedFiles = sameName(item, files, (file) => file.name, wanted);
  if (namedFiles.length > 1) return fail(ReferenceFailure.TOO_MANY_FIELDS);
  if (namedFiles[0] !== undefined) return judgeFile(namedFiles[0], wanted);
  return fail(ReferenceFailure.FIELD_NOT_FOUND);
}

/** Which parts the named section holds. Undefined: there is no such section. */
function sectionFilter(
  item: ItemEntry,
  section: string | undefined,
): ((part: Pick<Part, "sectionId">) => boolean) | undefined {
  if (section === undefined) return () => true;
  if (item.sections.some(({ id }) => id === section)) {
    return (part) => part.sectionId === section;
  }
  const folded = foldName(section);
  if (folded === "") return (part) => isUnnamed(item, part.sectionId);
  // Several sections of one name: all are looked through.
  const ids = item.sections
    .filter(({ title }) => foldName(title) === folded)
    .map(({ id }) => id);
  return ids.length === 0 ? undefined : (part) => ids.includes(part.sectionId);
}

/** Whether it is no section, or one without a name. */
function isUnnamed(item: ItemEntry, sectionId: string): boolean {
  const section = item.sections.find(({ id }) => id === sectionId);
  return section === undefined || foldName(section.title) === "";
}

function sameName<One extends Part>(
  item: ItemEntry,
  parts: readonly One[],
  nameOf: (part: One) => string,
  wanted: FieldReference,
): readonly One[] {
  if (parts.length === 0) return [];
  const folded = foldName(wanted.field);
  const named = parts.filter((part) => foldName(nameOf(part)) === folded);
  if (wanted.section !== undefined || named.length < 2) return named;
  const unnamed = named.filter(({ sectionId }) => isUnnamed(item, sectionId));
  return unnamed.length > 0 ? unnamed : named;
}

function judgeField(
  field: { readonly id: string; readonly type: number },
  wanted: FieldReference,
): FieldOutcome {
  if (wanted.attribute === "otp" && field.type !== FieldType.TOTP) {
    return fail(ReferenceFailure.NOT_A_TOTP_FIELD);
  }
  if (wanted.sshFormat !== undefined && field.type !== FieldType.SSH_KEY) {
    return fail(ReferenceFailure.NOT_AN_SSH_KEY);
  }
  return { part: { fieldId: field.id, fileId: undefined } };
}

function judgeFile(
  file: { readonly id: string },
  wanted: FieldReference,
): FieldOutcome {
  return judgeText(wanted) ?? { part: { fieldId: undefined, fileId: file.id } };
}

/** Neither a file nor a derived field is a one-time password or a private key. */
function judgeText(wanted: FieldReference): FieldOutcome | undefined {
  if (wanted.attribute === "otp") {
    return fail(ReferenceFailure.NOT_A_TOTP_FIELD);
  }
  return wanted.sshFormat === undefined
    ? undefined
    : fail(ReferenceFailure.NOT_AN_SSH_KEY);
}

/** Undefined: this item has nothing of the kind. */
function matchDerived(
  item: ItemEntry,
  derived: DerivedField,
  inSection: (part: Pick<Part, "sectionId">) => boolean,
  wanted: FieldReference,
): FieldOutcome | undefined {
  const part = { fieldId: derived.id, fileId: undefined };
  if (derived.of === "notes") {
    if (!inSection({ sectionId: "" })) return undefined;
    return judgeText(wanted) ?? { part };
  }
  const keys = item.fields.filter(({ type }) => type === FieldType.SSH_KEY);
  if (keys.length > 1) return fail(ReferenceFailure.TOO_MANY_FIELDS);
  const key = keys[0];
  if (key === undefined) {
    return item.overview.category === Category.SSH_KEY
      ? fail(ReferenceFailure.SSH_KEY_METADATA_NOT_FOUND)
      : undefined;
  }
  if (!inSection(key)) return undefined;
  if (derived.of === "private-key") return judgeField(key, wanted);
  return judgeText(wanted) ?? { part };
}

function fail(failure: ReferenceFailure): FieldOutcome {
  return { failure };
}
