// SPDX-License-Identifier: Apache-2.0
// Items in the shape of @1password/sdk.
import type {
  AutofillBehavior,
  ItemCategory,
  ItemFieldType,
  ItemState,
} from "./kinds.ts";
import type { ErrorMessage, Response } from "./response.ts";

/** The parts of an address. Not kept here. */
export interface AddressFieldDetails {
  street: string;
  city: string;
  country: string;
  zip: string;
  state: string;
}

/** A one-time password, or why there is none. */
export interface OtpFieldDetails {
  code?: string;
  errorMessage?: string;
}

/** What follows from an SSH key. */
export interface SshKeyAttributes {
  publicKey: string;
  fingerprint: string;
  keyType: string;
}

/** What a field has besides its value. Worked out when an item is read; not stored. */
export type ItemFieldDetails =
  | { type: "Otp"; content: OtpFieldDetails }
  | { type: "SshKey"; content?: SshKeyAttributes }
  | { type: "Address"; content?: AddressFieldDetails };

/** One field of an item. */
export interface ItemField {
  /** Unique in the item. */
  id: string;
  title: string;
  /** The section it is in; without one, none. */
  sectionId?: string;
  fieldType: ItemFieldType;
  /** The value itself, as text. */
  value: string;
  details?: ItemFieldDetails;
}

/** A named group of fields. */
export interface ItemSection {
  /** Unique in the item. */
  id: string;
  title: string;
}

/** Where an item is used. Only the address is kept here. */
export interface Website {
  url: string;
  label: string;
  autofillBehavior: AutofillBehavior;
}

/** A file, without its content. */
export interface FileAttributes {
  name: string;
  id: string;
  /** Bytes. */
  size: number;
}

/** A file attached to an item. */
export interface ItemFile {
  attributes: FileAttributes;
  sectionId: string;
  fieldId: string;
}

/** The file of a document, to store. */
export interface DocumentCreateParams {
  name: string;
  content: Uint8Array;
}

/** A file to attach. */
export interface FileCreateParams {
  name: string;
  content: Uint8Array;
  sectionId: string;
  fieldId: string;
}

/** A whole item. Its values are plain text: what logs it, logs them. */
export interface Item {
  id: string;
  title: string;
  category: ItemCategory;
  vaultId: string;
  fields: ItemField[];
  sections: ItemSection[];
  notes: string;
  tags: string[];
  websites: Website[];
  /** Only compared: `put` refuses an item that was changed since. */
  version: number;
  files: ItemFile[];
  document?: FileAttributes;
  createdAt: Date;
  updatedAt: Date;
}

/** An item to create. */
export interface ItemCreateParams {
  category: ItemCategory;
  /** The id of the vault. */
  vaultId: string;
  title: string;
  fields?: ItemField[];
  sections?: ItemSection[];
  notes?: string;
  tags?: string[];
  websites?: Website[];
  files?: FileCreateParams[];
  document?: DocumentCreateParams;
}

/** An item without its secrets. */
export interface ItemOverview {
  id: string;
  title: string;
  category: ItemCategory;
  vaultId: string;
  websites: Website[];
  tags: string[];
  createdAt: Date;
  updatedAt: Date;
  state: ItemState;
}

/** Which items to list. Without one: those that are not archived. */
export type ItemListFilter = {
  type: "ByState";
  content: { active: boolean; archived: boolean };
};

/** Why one item of several was not changed. */
export type ItemUpdateFailureReason =
  | { type: "itemValidationError"; message: ErrorMessage }
  | { type: "itemStatusPermissionError"; message?: undefined }
  | { type: "itemStatusIncorrectItemVersion"; message?: undefined }
  | { type: "itemStatusFileNotFound"; message?: undefined }
  | { type: "itemStatusTooBig"; message?: undefined }
  | { type: "itemNotFound"; message?: undefined }
  | { type: "internal"; message: ErrorMessage };

/** What came of each item, by id. */
export interface ItemsDeleteAllResponse {
  individualResponses: Record<
    string,
    Response<undefined, ItemUpdateFailureReason>
  >;
}

/** Why one item of several was not read. */
export type ItemsGetAllError =
  | { type: "itemNotFound"; message?: undefined }
  | { type: "internal"; message: ErrorMessage };

/** What came of each item, in order. */
export interface ItemsGetAllResponse {
  individualResponses: Response<Item, ItemsGetAllError>[];
}

/** What came of each item, in order. */
export interface ItemsUpdateAllResponse {
  individualResponses: Response<Item, ItemUpdateFailureReason>[];
}
