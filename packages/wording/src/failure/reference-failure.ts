// SPDX-License-Identifier: Apache-2.0
import { ItemFailure, ReferenceFailure } from "@assent/protocol";

const references: Readonly<Record<ReferenceFailure, string>> = {
  [ReferenceFailure.UNSPECIFIED]: "it could not be read",
  [ReferenceFailure.PARSING]:
    "it is no reference; write assent://vault/item/field",
  [ReferenceFailure.VAULT_NOT_FOUND]: "there is no such vault",
  [ReferenceFailure.TOO_MANY_VAULTS]:
    "more than one vault has this name; use the vault's id",
  [ReferenceFailure.ITEM_NOT_FOUND]: "there is no such item in the vault",
  [ReferenceFailure.TOO_MANY_ITEMS]:
    "more than one item has this name; use the item's id",
  [ReferenceFailure.FIELD_NOT_FOUND]: "the item has no such field",
  [ReferenceFailure.TOO_MANY_FIELDS]:
    "more than one field has this name; name the section, or use the field's id",
  [ReferenceFailure.SECTION_NOT_FOUND]: "the item has no such section",
  [ReferenceFailure.NOT_A_TOTP_FIELD]: "the field holds no one-time password",
  [ReferenceFailure.TOTP_FAILED]:
    "the one-time password could not be computed; check the seed stored in the field",
  [ReferenceFailure.NOT_AN_SSH_KEY]: "the field holds no SSH key",
  [ReferenceFailure.SSH_FORMAT_FAILED]:
    "the key cannot be written in that format",
  [ReferenceFailure.OUT_OF_SCOPE]: "what was approved does not cover it",
  [ReferenceFailure.SSH_KEY_METADATA_NOT_FOUND]: "the key has no such detail",
  [ReferenceFailure.SSH_KEY_PARSING]: "the stored private key cannot be read",
  [ReferenceFailure.UNSUPPORTED_FILE_FORMAT]:
    "the file is too large to be given as a secret; read it as a file",
  [ReferenceFailure.OTHER]: "it could not be read",
};

/** Why a reference has no value: completes "{reference}: …", no full stop. */
export function referenceFailureText(failure: ReferenceFailure): string {
  return references[failure] ?? references[ReferenceFailure.OTHER];
}

const items: Readonly<Record<ItemFailure, string>> = {
  [ItemFailure.UNSPECIFIED]: "it could not be done",
  [ItemFailure.NOT_FOUND]: "there is no such item",
  [ItemFailure.CONFLICT]: "it was changed meanwhile; read it again",
  [ItemFailure.INVALID]: "it breaks a rule; check its names and values",
  [ItemFailure.OUT_OF_SCOPE]: "what was approved does not cover it",
};

/** Why an item could not be read or stored: completes "{item}: …", no full stop. */
export function itemFailureText(failure: ItemFailure): string {
  return items[failure] ?? items[ItemFailure.UNSPECIFIED];
}
