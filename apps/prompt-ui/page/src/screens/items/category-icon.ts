// SPDX-License-Identifier: Apache-2.0
import { Category } from "@assent/protocol";
import type { IconName } from "../../ui/icon.tsx";

const icons: Readonly<Partial<Record<Category, IconName>>> = {
  [Category.LOGIN]: "accounts",
  [Category.PASSWORD]: "key",
  [Category.API_CREDENTIAL]: "access",
  [Category.SSH_KEY]: "terminal",
  [Category.DATABASE]: "activity",
  [Category.SERVER]: "interpreter",
  [Category.SECURE_NOTE]: "file",
  [Category.DOCUMENT]: "file",
  [Category.ENVIRONMENT]: "settings",
};

/** A picture for a kind of item. */
export function categoryIcon(category: Category): IconName {
  return icons[category] ?? "items";
}
