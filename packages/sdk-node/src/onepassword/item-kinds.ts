// SPDX-License-Identifier: Apache-2.0
import type { Category, Field, FieldType } from "@assent/sdk-browserless";
import { UnsupportedError } from "./errors.ts";
import { ItemCategory, ItemFieldType } from "./kinds.ts";

const categories: Partial<Record<ItemCategory, Category>> = {
  Login: "login",
  Password: "password",
  ApiCredentials: "api-credential",
  SshKey: "ssh-key",
  Database: "database",
  Server: "server",
  SecureNote: "secure-note",
  Document: "document",
  CreditCard: "credit-card",
  Identity: "identity",
};

const fieldTypes: Partial<Record<ItemFieldType, FieldType>> = {
  Text: "text",
  Concealed: "concealed",
  Totp: "totp",
  SshKey: "ssh-key",
  Url: "url",
  Email: "email",
  Phone: "phone",
  Date: "date",
  MonthYear: "month-year",
};

/** `Unsupported` for what @1password/sdk has no name for. */
export function categoryOf(category: Category | "unknown"): ItemCategory {
  return keyOf(categories, category) ?? ItemCategory.Unsupported;
}

/** `Unsupported` for what is newer than this SDK. */
export function fieldTypeOf(type: Field["type"]): ItemFieldType {
  return keyOf(fieldTypes, type) ?? ItemFieldType.Unsupported;
}

/** @throws UnsupportedError for a kind that is not kept here */
export function ownCategory(category: ItemCategory): Category {
  const own = Object.hasOwn(categories, category) && categories[category];
  if (own) return own;
  throw new UnsupportedError(
    `Items of the category ${name(category)} are not kept. Use ItemCategory.SecureNote, or Login.`,
  );
}

/** @throws UnsupportedError for a type that is not kept here */
export function ownFieldType(type: ItemFieldType): FieldType {
  const own = Object.hasOwn(fieldTypes, type) && fieldTypes[type];
  if (own) return own;
  const isSecret = type === ItemFieldType.CreditCardNumber;
  throw new UnsupportedError(
    `Fields of the type ${name(type)} are not kept. Use ItemFieldType.${isSecret ? "Concealed" : "Text"}.`,
  );
}

// What a program wrote in the wrong place may be a secret.
function name(kind: string): string {
  const known = [
    ...Object.values(ItemCategory),
    ...Object.values(ItemFieldType),
  ];
  return known.some((one) => one === kind) ? kind : "that was given";
}

function keyOf<K extends string, V>(
  record: Partial<Record<K, V>>,
  value: unknown,
): K | undefined {
  return (Object.keys(record) as K[]).find((key) => record[key] === value);
}
