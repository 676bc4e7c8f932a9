// SPDX-License-Identifier: Apache-2.0
import {
  parseSecretReference,
  ReferenceFailure,
  ReferenceSyntaxError,
} from "@assent/protocol";
import { type ErrorCode, ReferenceFailureError } from "./error.ts";

/** Why a secret reference has no value. */
export type ReferenceFailureName =
  | "parsing"
  | "vault-not-found"
  | "too-many-vaults"
  | "item-not-found"
  | "too-many-items"
  | "field-not-found"
  | "too-many-fields"
  | "section-not-found"
  | "not-a-totp-field"
  | "totp-failed"
  | "not-an-ssh-key"
  | "ssh-format-failed"
  | "out-of-scope"
  | "ssh-key-metadata-not-found"
  | "ssh-key-parsing"
  | "unsupported-file-format"
  | "other";

type Explanation = readonly [ReferenceFailureName, ErrorCode, string];

const other: Explanation = [
  "other",
  "reference-failed",
  "it has no value; look at the item",
];

const explanations: ReadonlyMap<number, Explanation> = new Map<
  ReferenceFailure,
  Explanation
>([
  [
    ReferenceFailure.PARSING,
    [
      "parsing",
      "invalid",
      "it is no secret reference; write it as assent://VAULT/ITEM/FIELD",
    ],
  ],
  [
    ReferenceFailure.VAULT_NOT_FOUND,
    [
      "vault-not-found",
      "not-found",
      "there is no such vault; check its name, or use its id",
    ],
  ],
  [
    ReferenceFailure.TOO_MANY_VAULTS,
    [
      "too-many-vaults",
      "reference-failed",
      "several vaults have that name; use the id",
    ],
  ],
  [
    ReferenceFailure.ITEM_NOT_FOUND,
    [
      "item-not-found",
      "not-found",
      "there is no such item; check its name, or use its id. Archived items do not count",
    ],
  ],
  [
    ReferenceFailure.TOO_MANY_ITEMS,
    [
      "too-many-items",
      "reference-failed",
      "several items have that name; use the id",
    ],
  ],
  [
    ReferenceFailure.FIELD_NOT_FOUND,
    [
      "field-not-found",
      "not-found",
      "the item has no such field; check its name, or use its id",
    ],
  ],
  [
    ReferenceFailure.TOO_MANY_FIELDS,
    [
      "too-many-fields",
      "reference-failed",
      "several fields have that name; name the section, or use the id",
    ],
  ],
  [
    ReferenceFailure.SECTION_NOT_FOUND,
    [
      "section-not-found",
      "not-found",
      "the item has no such section; check its name, or leave it out",
    ],
  ],
  [
    ReferenceFailure.NOT_A_TOTP_FIELD,
    [
      "not-a-totp-field",
      "reference-failed",
      "the field holds no one-time password; name another, or leave the attribute out",
    ],
  ],
  [
    ReferenceFailure.TOTP_FAILED,
    [
      "totp-failed",
      "reference-failed",
      "the one-time password could not be computed; store its seed again",
    ],
  ],
  [
    ReferenceFailure.NOT_AN_SSH_KEY,
    [
      "not-an-ssh-key",
      "reference-failed",
      "the field holds no SSH key; name another, or leave ssh-format out",
    ],
  ],
  [
    ReferenceFailure.SSH_FORMAT_FAILED,
    [
      "ssh-format-failed",
      "reference-failed",
      "the key could not be written in that format; leave ssh-format out",
    ],
  ],
  [
    ReferenceFailure.OUT_OF_SCOPE,
    [
      "out-of-scope",
      "out-of-scope",
      "it is outside what the user granted; call authorize() with a scope that covers it",
    ],
  ],
  [
    ReferenceFailure.SSH_KEY_METADATA_NOT_FOUND,
    [
      "ssh-key-metadata-not-found",
      "reference-failed",
      "the key has no such detail; there are public key, fingerprint and key type",
    ],
  ],
  [
    ReferenceFailure.SSH_KEY_PARSING,
    [
      "ssh-key-parsing",
      "reference-failed",
      "the stored private key cannot be read; store it again as PEM",
    ],
  ],
  [
    ReferenceFailure.UNSUPPORTED_FILE_FORMAT,
    [
      "unsupported-file-format",
      "reference-failed",
      "the file is too large to be given as a secret; read it with items.files",
    ],
  ],
  [ReferenceFailure.OTHER, other],
]);

/** The error for a failure the broker told; one it may not know yet has no value either (VER-004). */
export function referenceFailureError(
  failure: number,
  reference: string,
): ReferenceFailureError {
  const [name, code, text] = explanations.get(failure) ?? other;
  return new ReferenceFailureError(
    code,
    `${reference}: ${text}`,
    name,
    reference,
  );
}

/**
 * Check that a text is a secret reference, without asking the broker.
 *
 * @throws ReferenceFailureError with `failure` "parsing"; its message names
 * the rule and not the text, which may be a secret in the wrong place.
 */
export function validateSecretReference(reference: string): void {
  try {
    parseSecretReference(reference);
  } catch (error) {
    if (!(error instanceof ReferenceSyntaxError)) throw error;
    throw new ReferenceFailureError(
      "invalid",
      `Not a secret reference: ${error.message}.`,
      "parsing",
      undefined,
    );
  }
}
