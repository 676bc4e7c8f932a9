// SPDX-License-Identifier: Apache-2.0
import { count } from "@assent/wording";
import sax from "sax";
import {
  Category,
  type Draft,
  type DraftField,
  FieldType,
  ImportError,
  type ReadFile,
  textOf,
} from "../draft.ts";
import { LeftFiles } from "../draft-file.ts";
import {
  type Content,
  longestContent,
  openContent,
  tooLarge,
  unzip,
} from "./content.ts";
import { readHeader } from "./header.ts";
import { deriveKey } from "./key-derivation.ts";

/**
 * Open a KeePass database, of KDBX 3.1 or 4, with its password. Groups become
 * tags; what was thrown away there is left out, and so are older versions.
 *
 * @throws ImportError
 */
export async function readKdbx(
  bytes: Uint8Array,
  password: Uint8Array,
): Promise<ReadFile> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const header = readHeader(file);
    const transformed = await deriveKey(password, header.derivation);
    return readXml(openContent(file, header, transformed));
  } catch (error) {
    if (error instanceof ImportError) throw error;
    // A number beyond its end, a cipher that does not fit, XML that is none.
    throw new ImportError("it is damaged, or was cut off");
  }
}

interface Entry {
  readonly uuid: string[];
  readonly group: readonly Group[];
  readonly strings: Map<string, { value: string; isProtected: boolean }>;
  tags: string;
  /** By name: what is in it, or where that stands. */
  readonly files: { readonly name: string; readonly bytes: () => Buffer }[];
}

interface Group {
  name: string;
  uuid: string;
}

function readXml({ xml, inner, binaries }: Content): ReadFile {
  const parser = sax.parser(true);
  const path: string[] = [];
  const groups: Group[] = [];
  const entries: Entry[] = [];
  let histories = 0;
  let entry: Entry | undefined;
  let text = "";
  let key = "";
  let isProtected = false;
  let isCompressed = false;
  let ref = "";
  let held = 0;
  let bin = "";
  const left = new LeftFiles();
  // Of KDBX 3.1, by id; those of 4 by their place.
  const known = new Map(binaries.map((bytes, at) => [String(at), bytes]));
  const binaryOf = (id: string) => () => {
    const bytes = known.get(id);
    if (bytes === undefined) throw new ImportError("a file of it is missing");
    return bytes;
  };
  const valueBytes = () => {
    const bytes = Buffer.from(text, "base64");
    const open = isProtected ? inner(bytes) : bytes;
    const whole = isCompressed ? unzip(open) : open;
    held += whole.length;
    if (held > longestContent) throw tooLarge();
    return whole;
  };
  parser.onerror = (error) => {
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => {
    path.push(name);
    text = "";
    if (name === "Group") groups.push({ name: "", uuid: "" });
    if (name === "History") histories += 1;
    if (name === "Value" || name === "Binary") {
      isProtected = attributes["Protected"] === "True";
      isCompressed = attributes["Compressed"] === "True";
      ref = textOf(attributes["Ref"] ?? attributes["ID"]);
    }
    if (name === "Entry" && histories === 0) {
      entry = {
        uuid: [],
        group: [...groups],
        strings: new Map(),
        tags: "",
        files: [],
      };
      entries.push(entry);
    }
  };
  parser.ontext = (part) => {
    text += part;
  };
  parser.oncdata = (part) => {
    text += part;
  };
  parser.onclosetag = (name) => {
    path.pop();
    const parent = path.at(-1);
    const group = groups.at(-1);
    if (name === "Value" && parent === "Binary") {
      const bytes = ref === "" ? valueBytes() : undefined;
      const file = { name: key, bytes: bytes ? () => bytes : binaryOf(ref) };
      if (histories === 0) entry?.files.push(file);
    } else if (name === "Binary" && parent === "Binaries") {
      known.set(ref, valueBytes());
    } else if (name === "Value") {
      // Older versions as well: each takes its part of the stream.
      const value = isProtected
        ? inner(Buffer.from(text, "base64")).toString()
        : text;
      if (histories === 0 && parent === "String") {
        entry?.strings.set(key, { value, isProtected });
      }
    } else if (name === "History") histories -= 1;
    else if (histories > 0) return;
    else if (name === "Key") key = text;
    else if (name === "Group") groups.pop();
    else if (name === "Tags" && parent === "Entry" && entry) entry.tags = text;
    else if (name === "RecycleBinUUID") bin = text;
    else if (parent === "Group" && group !== undefined) {
      if (name === "Name") group.name = text;
      if (name === "UUID") group.uuid = text;
    }
  };
  parser.write(xml).close();
  const isThrownAway = ({ group }: Entry) =>
    bin !== "" && group.some(({ uuid }) => uuid === bin);
  const kept = entries.filter((each) => !isThrownAway(each));
  const drafts = kept.map((each) => toDraft(each, left));
  const thrownAway = entries.length - kept.length;
  return {
    vaults: new Map([["", drafts]]),
    left: [
      ...(thrownAway > 0
        ? [`${count(thrownAway, "entry", "entries")} in the recycle bin`]
        : []),
      ...left.lines(),
    ],
  };
}

const builtIn: ReadonlySet<string> = new Set([
  "Title",
  "UserName",
  "Password",
  "URL",
  "Notes",
  "otp",
]);

function toDraft(entry: Entry, left: LeftFiles): Draft {
  const files = entry.files.map(({ name, bytes }) => ({
    name,
    size: bytes().length,
    content: async () => Buffer.from(bytes()),
  }));
  const get = (name: string) => entry.strings.get(name)?.value ?? "";
  const field = (
    title: string,
    value: string,
    type: FieldType,
  ): DraftField[] => (value === "" ? [] : [{ title, value, type }]);
  // The root group is the database itself.
  const folder = entry.group
    .slice(1)
    .map(({ name }) => name)
    .join("/");
  const tags = entry.tags.split(/[;,]/).map((tag) => tag.trim());
  return {
    title: get("Title") || get("URL") || "untitled",
    category: Category.LOGIN,
    tags: [...new Set([folder, ...tags])].filter((tag) => tag !== ""),
    urls: get("URL") === "" ? [] : [get("URL")],
    fields: [
      ...field("username", get("UserName"), FieldType.TEXT),
      ...field("password", get("Password"), FieldType.CONCEALED),
      ...field("one-time password", get("otp"), FieldType.TOTP),
      ...[...entry.strings].flatMap(([title, { value, isProtected }]) =>
        builtIn.has(title)
          ? []
          : field(
              title,
              value,
              isProtected ? FieldType.CONCEALED : FieldType.TEXT,
            ),
      ),
    ],
    notes: get("Notes"),
    files: left.fitting(files),
  };
}
