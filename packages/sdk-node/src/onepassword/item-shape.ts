// SPDX-License-Identifier: Apache-2.0
// Items from the shape of @1password/sdk, and into it.
import type {
  ChangedItem,
  FieldInput,
  NewItem,
  Item as OwnItem,
  ItemOverview as OwnOverview,
  Secret,
} from "@assent/sdk-browserless";
import { AssentError } from "@assent/sdk-browserless";
import type { Details } from "./item-details.ts";
import {
  categoryOf,
  fieldTypeOf,
  ownCategory,
  ownFieldType,
} from "./item-kinds.ts";
import type {
  Item,
  ItemCreateParams,
  ItemField,
  ItemOverview,
  ItemSection,
  Website,
} from "./item-shapes.ts";
import {
  AutofillBehavior,
  ItemCategory,
  ItemFieldType,
  ItemState,
} from "./kinds.ts";

/** An item as it is read. The values of `own` are overwritten. */
export function itemOf(own: OwnItem, details: Details): Item {
  const files = own.files.map(({ id, name, size, sectionId }) => ({
    attributes: { name, id, size },
    sectionId,
    fieldId: id,
  }));
  // The file of a document is the first that is in no section.
  const document =
    own.category === "document"
      ? files.find(({ sectionId }) => sectionId === "")
      : undefined;
  return {
    ...shared(own),
    fields: own.fields.map(({ id, title, sectionId, type, value }) => {
      const told = details(own, id);
      return {
        id,
        title,
        ...(sectionId !== "" && { sectionId }),
        fieldType: fieldTypeOf(type),
        value: take(value),
        ...(told && { details: told }),
      };
    }),
    sections: own.sections.map(({ id, title }) => ({ id, title })),
    notes: take(own.notes),
    version: Number(own.revision),
    files: files.filter((file) => file !== document),
    ...(document && { document: document.attributes }),
  };
}

/** An item of a list. */
export function overviewOf(own: OwnOverview): ItemOverview {
  const state = own.archived ? ItemState.Archived : ItemState.Active;
  return { ...shared(own), state };
}

function shared(own: OwnOverview) {
  return {
    id: own.id,
    title: own.title,
    category: categoryOf(own.category),
    vaultId: own.vaultId,
    tags: [...own.tags],
    websites: own.urls.map(websiteOf),
    createdAt: own.createdAt ?? new Date(0),
    updatedAt: own.updatedAt ?? new Date(0),
  };
}

function websiteOf(url: string): Website {
  const autofillBehavior = AutofillBehavior.AnywhereOnWebsite;
  return { url, label: "website", autofillBehavior };
}

/** @throws UnsupportedError for a kind that is not kept here */
export function newItemOf(params: ItemCreateParams): NewItem {
  const { vaultId, title, category, tags = [], websites = [] } = params;
  return {
    vaultId,
    title,
    category: ownCategory(category),
    tags,
    urls: websites.map(({ url }) => url),
    sections: sectionsOf(params.sections),
    fields: (params.fields ?? []).map(fieldOf),
    notes: params.notes ?? "",
  };
}

/**
 * An item to replace `present` with. What the shape cannot say stays as it is.
 *
 * @throws AssentError "conflict" when it is not the one that was read
 * @throws UnsupportedError for a kind that is not kept here
 */
export function changedItemOf(item: Item, present: OwnItem): ChangedItem {
  if (item.version !== Number(present.revision)) {
    throw new AssentError("conflict");
  }
  const keepsCategory = item.category === ItemCategory.Unsupported;
  const types = new Map(present.fields.map(({ id, type }) => [id, type]));
  return {
    id: present.id,
    revision: present.revision,
    vaultId: present.vaultId,
    archived: present.archived,
    title: item.title,
    category: keepsCategory ? present.category : ownCategory(item.category),
    tags: item.tags,
    urls: item.websites.map(({ url }) => url),
    sections: sectionsOf(item.sections),
    fields: item.fields.map((field) => {
      const type = types.get(field.id);
      if (type === undefined) return fieldOf(field);
      const keepsType = field.fieldType === ItemFieldType.Unsupported;
      return {
        ...placeOf(field),
        id: field.id,
        type: keepsType ? type : ownFieldType(field.fieldType),
      };
    }),
    notes: item.notes,
  };
}

// There, the id of a new one-time password gets this before it.
const otpPrefix = "TOTP_";

function fieldOf(field: ItemField): FieldInput {
  const { id, fieldType } = field;
  const isOtp = fieldType === ItemFieldType.Totp && id !== "";
  return {
    ...placeOf(field),
    id: isOtp && !id.startsWith(otpPrefix) ? otpPrefix + id : id,
    type: ownFieldType(fieldType),
  };
}

function placeOf({ title, sectionId = "", value }: ItemField) {
  return { title, sectionId, value };
}

/** There, a section without a name stands for none. */
function sectionsOf(sections: readonly ItemSection[] = []): ItemSection[] {
  return sections.filter(({ id }) => id !== "");
}

function take(secret: Secret): string {
  const text = secret.reveal();
  secret[Symbol.dispose]();
  return text;
}
