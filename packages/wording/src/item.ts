// SPDX-License-Identifier: Apache-2.0
import { Category, FieldType } from "@assent/protocol";

const categories: Readonly<Record<Category, string>> = {
  [Category.UNSPECIFIED]: "Login",
  [Category.LOGIN]: "Login",
  [Category.PASSWORD]: "Password",
  [Category.API_CREDENTIAL]: "API credential",
  [Category.SSH_KEY]: "SSH key",
  [Category.DATABASE]: "Database",
  [Category.SERVER]: "Server",
  [Category.SECURE_NOTE]: "Secure note",
  [Category.DOCUMENT]: "Document",
  [Category.ENVIRONMENT]: "Environment",
  [Category.CREDIT_CARD]: "Credit card",
  [Category.IDENTITY]: "Identity",
};

/** What kind of thing an item is. */
export function categoryText(category: Category): string {
  return categories[category] ?? "Other";
}

const fieldTypes: Readonly<Record<FieldType, string>> = {
  [FieldType.UNSPECIFIED]: "text",
  [FieldType.TEXT]: "text",
  [FieldType.CONCEALED]: "concealed",
  [FieldType.TOTP]: "one-time password",
  [FieldType.SSH_KEY]: "SSH key",
  [FieldType.URL]: "address",
  [FieldType.EMAIL]: "e-mail",
  [FieldType.PHONE]: "telephone",
  [FieldType.DATE]: "date",
  [FieldType.MONTH_YEAR]: "month and year",
};

/** What kind of value a field has. */
export function fieldTypeText(type: FieldType): string {
  return fieldTypes[type] ?? "other";
}
