// SPDX-License-Identifier: Apache-2.0
import { count } from "@assent/wording";
import {
  Category,
  type Draft,
  type DraftField,
  FieldType,
  field,
  fieldsOf,
  ImportError,
  listOf,
  parseJson,
  type ReadFile,
  recordOf,
  textOf,
} from "./draft.ts";

const categories: Readonly<Record<number, Category>> = {
  1: Category.LOGIN,
  2: Category.SECURE_NOTE,
  3: Category.CREDIT_CARD,
  4: Category.IDENTITY,
  5: Category.SSH_KEY,
};

const concealed: ReadonlySet<string> = new Set([
  "number",
  "code",
  "ssn",
  "passportNumber",
  "licenseNumber",
  "privateKey",
]);

/** The unencrypted JSON of Bitwarden and Vaultwarden: folders become tags. */
export function readBitwarden(text: string): ReadFile {
  const file = recordOf(parseJson(text));
  if (file["encrypted"] === true) {
    throw new ImportError(
      "it is encrypted; export it once more as plain .json",
    );
  }
  if (!Array.isArray(file["items"])) {
    throw new ImportError("it is no export of Bitwarden: it has no items");
  }
  const names = new Map<string, string>();
  for (const each of [
    ...listOf(file["folders"]),
    ...listOf(file["collections"]),
  ]) {
    const { id, name } = recordOf(each);
    names.set(textOf(id), textOf(name));
  }
  let passkeys = 0;
  let unknown = 0;
  const drafts: Draft[] = [];
  for (const each of file["items"]) {
    const item = recordOf(each);
    const category = categories[Number(item["type"])];
    if (category === undefined) unknown += 1;
    const login = recordOf(item["login"]);
    passkeys += listOf(login["fido2Credentials"]).length;
    const folders = [item["folderId"], ...listOf(item["collectionIds"])];
    drafts.push({
      title: textOf(item["name"]),
      category: category ?? Category.SECURE_NOTE,
      tags: folders.flatMap((id) => names.get(textOf(id)) || []),
      urls: listOf(login["uris"]).flatMap(
        (uri) => textOf(recordOf(uri)["uri"]) || [],
      ),
      fields: fieldsOf(
        field("username", login["username"]),
        field("password", login["password"], FieldType.CONCEALED),
        field("one-time password", login["totp"], FieldType.TOTP),
        ...["card", "identity", "sshKey"].flatMap((kind) =>
          Object.entries(recordOf(item[kind])).map(([title, value]) =>
            field(
              title,
              value,
              concealed.has(title) ? FieldType.CONCEALED : FieldType.TEXT,
            ),
          ),
        ),
        ...listOf(item["fields"]).map(custom),
      ),
      notes: textOf(item["notes"]),
    });
  }
  const left = [
    ...(passkeys > 0 ? [`${count(passkeys, "passkey")}: not supported`] : []),
    ...(unknown > 0
      ? [`${count(unknown, "item")} of an unknown kind: kept as notes`]
      : []),
  ];
  return { vaults: new Map([["", drafts]]), left };
}

const hiddenField = 1;
const linkedField = 3;

function custom(each: unknown): DraftField | undefined {
  const { name, value, type } = recordOf(each);
  if (type === linkedField) return undefined;
  return field(
    textOf(name),
    value,
    type === hiddenField ? FieldType.CONCEALED : FieldType.TEXT,
  );
}
