// SPDX-License-Identifier: Apache-2.0
import { basename } from "node:path";
import { parseEnv } from "node:util";
import { Category, FieldType, ImportError, type ReadFile } from "./draft.ts";

/** A file of NAME=VALUE lines: one item, a field for each. */
export function readEnvFile(text: string, path: string): ReadFile {
  const fields = Object.entries(parseEnv(text)).map(([title, value]) => ({
    title,
    type: FieldType.CONCEALED,
    value: value ?? "",
  }));
  if (fields.length === 0) throw new ImportError("it has no NAME=VALUE line");
  const title = basename(path);
  const category = Category.ENVIRONMENT;
  const draft = { title, category, tags: [], urls: [], fields, notes: "" };
  return { vaults: new Map([["", [draft]]]), left: [] };
}
