// SPDX-License-Identifier: Apache-2.0
import {
  Category,
  FieldSchema,
  FieldType,
  type Item,
  SectionSchema,
} from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { InvalidArgumentError } from "commander";
import { CommandError, exitCodes } from "../exit.ts";

/** A field as named on the command line: `[SECTION/]NAME[:TYPE]`. */
export interface FieldSpec {
  readonly section: string | undefined;
  readonly name: string;
  /** Undefined: as it is, or concealed when it is new. */
  readonly type: FieldType | undefined;
}

const types: Readonly<Record<string, FieldType>> = {
  text: FieldType.TEXT,
  concealed: FieldType.CONCEALED,
  totp: FieldType.TOTP,
  "ssh-key": FieldType.SSH_KEY,
  url: FieldType.URL,
  email: FieldType.EMAIL,
  phone: FieldType.PHONE,
  date: FieldType.DATE,
  "month-year": FieldType.MONTH_YEAR,
};

/** The types that a field can be given. */
export const fieldTypes: readonly string[] = Object.keys(types);

const categories: Readonly<Record<string, Category>> = {
  login: Category.LOGIN,
  password: Category.PASSWORD,
  "api-credential": Category.API_CREDENTIAL,
  "ssh-key": Category.SSH_KEY,
  database: Category.DATABASE,
  server: Category.SERVER,
  "secure-note": Category.SECURE_NOTE,
  document: Category.DOCUMENT,
  environment: Category.ENVIRONMENT,
  "credit-card": Category.CREDIT_CARD,
  identity: Category.IDENTITY,
};

/** The categories that an item can have. */
export const categoryNames: readonly string[] = Object.keys(categories);

/** A category by its name on the command line. */
export function readCategory(name: string): Category {
  return categories[name] ?? Category.UNSPECIFIED;
}

/** The name of a type, or of a category, as the command line has it. */
export function nameOfType(type: FieldType): string {
  return keyOf(types, type) ?? "text";
}

/** The name of a category, as the command line has it. */
export function nameOfCategory(category: Category): string {
  return keyOf(categories, category) ?? "login";
}

function keyOf(
  table: Readonly<Record<string, number>>,
  value: number,
): string | undefined {
  return Object.keys(table).find((key) => table[key] === value);
}

/** Read `[SECTION/]NAME[:TYPE]`. */
export function readFieldSpec(text: string): FieldSpec {
  const colon = text.lastIndexOf(":");
  const typeName = colon < 0 ? undefined : text.slice(colon + 1);
  const type =
    typeName !== undefined && Object.hasOwn(types, typeName)
      ? types[typeName]
      : undefined;
  if (typeName !== undefined && type === undefined) {
    throw new InvalidArgumentError(
      `There is no type ${makeSafe(typeName)}; there is ${fieldTypes.join(", ")}.`,
    );
  }
  const path = colon < 0 ? text : text.slice(0, colon);
  const slash = path.indexOf("/");
  const section = slash < 0 ? undefined : path.slice(0, slash);
  const name = path.slice(slash + 1);
  if (name === "" || section === "") {
    throw new InvalidArgumentError("A field is [SECTION/]NAME[:TYPE].");
  }
  return { section, name, type };
}

/** Set a field of an item, or add it; its section as well. */
export function setField(
  item: Item,
  spec: FieldSpec,
  value: Uint8Array,
  newId: () => string,
): void {
  const present = findField(item, spec);
  if (present !== undefined) {
    present.value = value;
    if (spec.type !== undefined) present.type = spec.type;
    return;
  }
  item.fields.push(
    create(FieldSchema, {
      title: spec.name,
      sectionId: sectionId(item, spec.section, newId),
      type: spec.type ?? FieldType.CONCEALED,
      value,
    }),
  );
}

/** Remove a field of an item. @throws CommandError when there is none */
export function removeField(item: Item, spec: FieldSpec): void {
  const present = findField(item, spec);
  if (present === undefined) throw noField(spec.name);
  item.fields = item.fields.filter((field) => field !== present);
}

/**
 * The field that is meant, by id or name; undefined: none.
 *
 * @throws CommandError when several match
 */
export function findField(
  item: Item,
  spec: FieldSpec,
): Item["fields"][number] | undefined {
  const titleOf = (id: string) =>
    item.sections.find((section) => section.id === id)?.title;
  const matches = item.fields.filter(
    (field) =>
      (field.title === spec.name || field.id === spec.name) &&
      (spec.section === undefined ||
        titleOf(field.sectionId) === spec.section ||
        field.sectionId === spec.section),
  );
  if (matches.length < 2) return matches[0];
  throw new CommandError(
    exitCodes.notFound,
    `More than one field is called ${makeSafe(spec.name)}.`,
    "Name its section as well, as in SECTION/NAME.",
  );
}

/** The item has no field of this name. */
export function noField(name: string): CommandError {
  return new CommandError(
    exitCodes.notFound,
    `The item has no field ${makeSafe(name)}.`,
  );
}

function sectionId(
  item: Item,
  title: string | undefined,
  newId: () => string,
): string {
  if (title === undefined) return "";
  const present = item.sections.find(
    (section) => section.title === title || section.id === title,
  );
  if (present !== undefined) return present.id;
  const section = create(SectionSchema, { id: newId(), title });
  item.sections.push(section);
  return section.id;
}
