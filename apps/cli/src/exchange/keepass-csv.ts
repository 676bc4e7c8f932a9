// SPDX-License-Identifier: Apache-2.0
import { CsvError, parse } from "csv-parse/sync";
import {
  Category,
  FieldType,
  field,
  fieldsOf,
  ImportError,
  type ReadFile,
  textOf,
} from "./draft.ts";

// KeePassXC, KeePass 2 and KeePass 1 name the columns in their own ways.
const columns: Readonly<Record<string, string>> = {
  group: "group",
  title: "title",
  account: "title",
  username: "username",
  "user name": "username",
  "login name": "username",
  password: "password",
  url: "url",
  "web site": "url",
  notes: "notes",
  comments: "notes",
  totp: "totp",
};

/** The CSV of KeePassXC or KeePass: groups become tags. */
export function readKeePassCsv(text: string): ReadFile {
  const rows = parseRows(text);
  const drafts = rows.map((row) => ({
    title: textOf(row["title"]) || textOf(row["url"]) || "untitled",
    category: Category.LOGIN,
    tags: [textOf(row["group"])].filter((group) => group !== ""),
    urls: [textOf(row["url"])].filter((url) => url !== ""),
    fields: fieldsOf(
      field("username", row["username"]),
      field("password", row["password"], FieldType.CONCEALED),
      field("one-time password", row["totp"], FieldType.TOTP),
    ),
    notes: textOf(row["notes"]),
  }));
  return { vaults: new Map([["", drafts]]), left: [] };
}

function parseRows(text: string): Record<string, string>[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, {
      bom: true,
      skip_empty_lines: true,
      columns: (names: string[]) =>
        names.map((name) => columns[name.trim().toLowerCase()] ?? false),
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Its own message repeats the file.
    const line = "lines" in error ? ` near line ${textOf(error["lines"])}` : "";
    throw new ImportError(
      `it is no whole CSV file${line}; perhaps it was cut off`,
    );
  }
  const [first] = rows;
  if (first === undefined) throw new ImportError("it has no entries");
  if (!("title" in first) || !("password" in first)) {
    throw new ImportError(
      "its first line does not name the columns Title and Password",
    );
  }
  return rows;
}
