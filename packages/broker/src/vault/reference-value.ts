// SPDX-License-Identifier: Apache-2.0
import { FieldType, FieldTypeSchema, ReferenceFailure } from "@assent/protocol";
import { allocateBytes } from "../crypto/secret.ts";
import { type DerivedField, derivedFieldNamed } from "./derived-field.ts";
import { oneTimePassword } from "./one-time-password.ts";
import { toOpenSsh } from "./openssh-key.ts";
import type { ReferenceMatch } from "./reference.ts";
import { describeSshKey, SshKeyError } from "./ssh-key.ts";
import type { ItemValues } from "./store.ts";

type Field = ItemValues["fields"][number];
type File = ItemValues["files"][number];

/** The bytes that a reference means, the caller's to zero, or why there are none. */
export type ValueOutcome =
  | { readonly value: Uint8Array }
  | { readonly failure: ReferenceFailure };

/**
 * Read what was matched out of an open item; the content of a file is not in it
 * (`isContent`). The value is always a fresh copy. `nowMs` is the time of day, for one-time passwords.
 */
export function readMatch(
  item: ItemValues,
  match: ReferenceMatch,
  nowMs: number,
): ValueOutcome {
  const { fieldId, fileId } = match;
  if (fileId !== undefined) {
    const file = item.files.find(({ id }) => id === fileId);
    return file === undefined ? notFound : readFile(file, match);
  }
  if (fieldId === undefined) return fail(ReferenceFailure.OTHER);
  const field = item.fields.find(({ id }) => id === fieldId);
  if (field !== undefined) return readField(field, match, nowMs);
  const derived = derivedFieldNamed(fieldId);
  return derived?.id === fieldId ? readDerived(item, derived, match) : notFound;
}

function readField(
  field: Field,
  match: ReferenceMatch,
  nowMs: number,
): ValueOutcome {
  if (match.sshFormat === "openssh") {
    if (field.type !== FieldType.SSH_KEY) {
      return fail(ReferenceFailure.NOT_AN_SSH_KEY);
    }
    return readKey(ReferenceFailure.SSH_FORMAT_FAILED, () =>
      toOpenSsh(field.value),
    );
  }
  switch (match.attribute) {
    case "value":
      return copy(field.value);
    case "id":
      return text(field.id);
    case "type":
      return text(typeName(field.type));
    case "otp": {
      if (field.type !== FieldType.TOTP) {
        return fail(ReferenceFailure.NOT_A_TOTP_FIELD);
      }
      const value = oneTimePassword(field.value, nowMs);
      return value === undefined
        ? fail(ReferenceFailure.TOTP_FAILED)
        : { value };
    }
    default:
      return notFound;
  }
}

function readFile(file: File, match: ReferenceMatch): ValueOutcome {
  switch (match.attribute) {
    case "id":
      return text(file.id);
    case "name":
      return text(file.name);
    case "size":
      return text(String(file.size));
    case "type":
      return text("FILE");
    default:
      return fail(ReferenceFailure.UNSUPPORTED_FILE_FORMAT);
  }
}

function readDerived(
  item: ItemValues,
  derived: DerivedField,
  match: ReferenceMatch,
): ValueOutcome {
  if (derived.of === "notes" && item.notes.length === 0) return notFound;
  if (match.attribute === "id") return text(derived.id);
  if (match.attribute === "type") return text(typeName(FieldType.TEXT));
  if (match.attribute !== "value") return notFound;
  if (derived.of === "notes") return copy(item.notes);

  const keys = item.fields.filter(({ type }) => type === FieldType.SSH_KEY);
  const key = keys[0];
  if (key === undefined || keys.length > 1) return notFound;
  return readKey(ReferenceFailure.SSH_KEY_METADATA_NOT_FOUND, () => {
    const { publicKey, fingerprint, keyType } = describeSshKey(key.value);
    switch (derived.of) {
      case "public-key":
        return encode(publicKey);
      case "fingerprint":
        return encode(fingerprint);
      case "key-type":
        return encode(keyType);
      default:
        throw new SshKeyError("unsupported");
    }
  });
}

function readKey(
  unsupported: ReferenceFailure,
  read: () => Uint8Array,
): ValueOutcome {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof SshKeyError)) throw error;
    return fail(
      error.failure === "unreadable"
        ? ReferenceFailure.SSH_KEY_PARSING
        : unsupported,
    );
  }
}

/** As the schema names it: `TEXT`, `CONCEALED`, … A type this broker does not know is text. */
function typeName(type: number): string {
  const known = FieldTypeSchema.values.find(({ number }) => number === type);
  return known === undefined || known.number === FieldType.UNSPECIFIED
    ? "TEXT"
    : known.name.slice("FIELD_TYPE_".length);
}

function copy(bytes: Uint8Array): ValueOutcome {
  const value = allocateBytes(bytes.length);
  value.set(bytes);
  return { value };
}

function text(value: string): ValueOutcome {
  return { value: encode(value) };
}

function encode(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function fail(failure: ReferenceFailure): ValueOutcome {
  return { failure };
}

const notFound: ValueOutcome = fail(ReferenceFailure.FIELD_NOT_FOUND);
