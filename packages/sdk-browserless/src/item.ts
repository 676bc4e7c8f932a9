// SPDX-License-Identifier: Apache-2.0
import type { Secret } from "./secret.ts";

/** What kind of thing an item is. */
export type Category =
  | "login"
  | "password"
  | "api-credential"
  | "ssh-key"
  | "database"
  | "server"
  | "secure-note"
  | "document"
  | "environment"
  | "credit-card"
  | "identity";

/** How to treat the value of a field. */
export type FieldType =
  | "text"
  | "concealed"
  | "totp"
  | "ssh-key"
  | "url"
  | "email"
  | "phone"
  | "date"
  | "month-year";

/** An item without its secrets. */
export interface ItemOverview {
  readonly id: string;
  readonly vaultId: string;
  readonly title: string;
  /** `unknown`: of a kind newer than this SDK. */
  readonly category: Category | "unknown";
  readonly tags: readonly string[];
  readonly urls: readonly string[];
  /** Archived items never match a reference. */
  readonly archived: boolean;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** A named group of fields. */
export interface Section {
  /** Unique in the item. */
  readonly id: string;
  readonly title: string;
}

/** One field of an item. */
export interface Field {
  /** Unique in the item. */
  readonly id: string;
  readonly title: string;
  /** The section it is in; "": none. */
  readonly sectionId: string;
  /** `unknown`: of a kind newer than this SDK. */
  readonly type: FieldType | "unknown";
  readonly value: Secret;
}

/** An attached file. */
export interface File {
  /** Unique in the item. */
  readonly id: string;
  readonly name: string;
  /** The section it is in; "": none. */
  readonly sectionId: string;
  /** Bytes. */
  readonly size: number;
}

/** A whole item. Its values do not show themselves. */
export interface Item extends ItemOverview {
  /** Says which state of the item this is; only compared, never counted with. */
  readonly revision: string;
  readonly sections: readonly Section[];
  readonly fields: readonly Field[];
  readonly files: readonly File[];
  readonly notes: Secret;
}

/** A value to store. */
export type SecretInput = string | Uint8Array | Secret;

/** A field to store. */
export interface FieldInput {
  /** Default: made by the broker. */
  readonly id?: string;
  readonly title: string;
  /** The section it is in. */
  readonly sectionId?: string;
  /** Default: `text`. */
  readonly type?: Field["type"];
  readonly value: SecretInput;
}

/** An item to create. */
export interface NewItem {
  /** The id of the vault. */
  readonly vaultId: string;
  readonly title: string;
  /** Default: `login`. */
  readonly category?: Item["category"];
  readonly tags?: readonly string[];
  readonly urls?: readonly string[];
  readonly archived?: boolean;
  readonly sections?: readonly Section[];
  readonly fields?: readonly FieldInput[];
  readonly notes?: SecretInput;
}

/**
 * An item to replace: what `get` gave, with changes. Files stay as they are;
 * everything else becomes what is said here.
 */
export interface ChangedItem extends NewItem {
  readonly id: string;
  readonly revision: string;
  readonly fields: readonly FieldInput[];
  readonly notes: SecretInput;
}
