// SPDX-License-Identifier: Apache-2.0
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
import { type DraftFile, LeftFiles } from "./draft-file.ts";

const categories: Readonly<Record<string, Category>> = {
  "001": Category.LOGIN,
  "002": Category.CREDIT_CARD,
  "003": Category.SECURE_NOTE,
  "004": Category.IDENTITY,
  "005": Category.PASSWORD,
  "006": Category.DOCUMENT,
  "102": Category.DATABASE,
  "110": Category.SERVER,
  "112": Category.API_CREDENTIAL,
  "114": Category.SSH_KEY,
};

const types: Readonly<Record<string, FieldType>> = {
  concealed: FieldType.CONCEALED,
  creditCardNumber: FieldType.CONCEALED,
  totp: FieldType.TOTP,
  url: FieldType.URL,
  email: FieldType.EMAIL,
  phone: FieldType.PHONE,
  date: FieldType.DATE,
  monthYear: FieldType.MONTH_YEAR,
  sshKey: FieldType.CONCEALED,
};

/** The files of a 1PUX archive. */
export interface OnePasswordFiles {
  /** How many bytes each has, by its path. */
  readonly sizes: ReadonlyMap<string, number>;
  /** @throws ImportError */
  readonly read: (path: string) => Promise<Uint8Array>;
}

/** `export.data` of a 1PUX file: its vaults keep their names, so that references do. */
export function readOnePassword(
  text: string,
  attached: OnePasswordFiles,
): ReadFile {
  const accounts = recordOf(parseJson(text))["accounts"];
  if (!Array.isArray(accounts)) {
    throw new ImportError("it is no 1PUX export: it has no accounts");
  }
  const vaults = new Map<string, Draft[]>();
  const left = new LeftFiles();
  const finder = createFinder(attached, left);
  for (const account of accounts) {
    for (const each of listOf(recordOf(account)["vaults"])) {
      const vault = recordOf(each);
      const name = textOf(recordOf(vault["attrs"])["name"]);
      const drafts = vaults.get(name) ?? [];
      vaults.set(name, drafts);
      for (const entry of listOf(vault["items"])) {
        // Older exports wrap each item once more.
        const item = recordOf(recordOf(entry)["item"] ?? entry);
        const files = left.fitting(filesOf(item, finder));
        drafts.push({ ...readItem(item), files });
      }
    }
  }
  left.add("that no item names", attached.sizes.size - finder.found.size);
  return { vaults, left: left.lines() };
}

interface Finder {
  /** Paths that an item named. */
  readonly found: Set<string>;
  readonly find: (attributes: unknown, section?: string) => DraftFile[];
}

// An archive keeps a file under its id, followed by its name.
function createFinder(attached: OnePasswordFiles, left: LeftFiles): Finder {
  const paths = new Map<string, string>();
  for (const path of attached.sizes.keys()) {
    const id = /^files\/([^/]+?)__/.exec(path)?.[1];
    if (id !== undefined) paths.set(id, path);
  }
  const found = new Set<string>();
  return {
    found,
    find(attributes, section) {
      const { fileName, documentId } = recordOf(attributes);
      const id = textOf(documentId);
      if (id === "") return [];
      const path = paths.get(id);
      if (path === undefined) {
        left.add("that the archive does not hold", 1);
        return [];
      }
      found.add(path);
      return [
        {
          name: textOf(fileName),
          size: attached.sizes.get(path) ?? 0,
          section,
          content: () => attached.read(path),
        },
      ];
    },
  };
}

function filesOf(
  item: Readonly<Record<string, unknown>>,
  { find }: Finder,
): DraftFile[] {
  const details = recordOf(item["details"]);
  const sections = listOf(details["sections"]).map(recordOf);
  return [
    ...find(details["documentAttributes"]),
    ...sections.flatMap(({ title, fields }) =>
      listOf(fields).flatMap((field) =>
        find(recordOf(recordOf(field)["value"])["file"], textOf(title)),
      ),
    ),
  ];
}

function readItem(item: Readonly<Record<string, unknown>>): Draft {
  const overview = recordOf(item["overview"]);
  const details = recordOf(item["details"]);
  const urls = [
    overview["url"],
    ...listOf(overview["urls"]).map((each) => recordOf(each)["url"]),
  ].flatMap((url) => textOf(url) || []);
  return {
    title: textOf(overview["title"]),
    category: categories[textOf(item["categoryUuid"])] ?? Category.LOGIN,
    tags: listOf(overview["tags"]).flatMap((tag) => textOf(tag) || []),
    urls: [...new Set(urls)],
    fields: fieldsOf(
      ...listOf(details["loginFields"]).map(loginField),
      field("password", details["password"], FieldType.CONCEALED),
      ...listOf(details["sections"]).flatMap(sectionFields),
    ),
    notes: textOf(details["notesPlain"]),
    archived: item["state"] === "archived",
  };
}

// What a browser filled in: only what 1Password knows the meaning of.
function loginField(each: unknown): DraftField | undefined {
  const { designation, value } = recordOf(each);
  if (designation === "username") return field("username", value);
  return designation === "password"
    ? field("password", value, FieldType.CONCEALED)
    : undefined;
}

function sectionFields(each: unknown): (DraftField | undefined)[] {
  const { title, fields } = recordOf(each);
  return listOf(fields).map((one) => {
    const entry = recordOf(one);
    const [kind = "", value] =
      Object.entries(recordOf(entry["value"]))[0] ?? [];
    if (kind === "file") return undefined;
    return field(
      textOf(entry["title"]),
      valueText(kind, value),
      types[kind] ?? FieldType.TEXT,
      textOf(title),
    );
  });
}

function valueText(kind: string, value: unknown): string {
  const inner = recordOf(value);
  if (kind === "sshKey") return textOf(inner["privateKey"]);
  if (kind === "email") return textOf(value) || textOf(inner["email_address"]);
  if (kind === "date" && typeof value === "number") {
    const day = new Date(value * 1_000);
    return Number.isNaN(day.getTime()) ? "" : day.toISOString().slice(0, 10);
  }
  if (kind === "monthYear" && /^\d{6}$/.test(textOf(value))) {
    return textOf(value).replace(/^(\d{4})/, "$1-");
  }
  return Object.keys(inner).length > 0
    ? Object.values(inner)
        .flatMap((part) => textOf(part) || [])
        .join(", ")
    : textOf(value);
}
