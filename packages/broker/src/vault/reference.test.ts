// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import {
  Category,
  FieldType,
  type Item,
  ItemSchema,
  parseScopeReference,
  ReferenceFailure,
  ReferenceFailureSchema,
} from "@assent/protocol";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { createNameIndex, type IndexedStore } from "./name-index.ts";
import { matchReference, type ReferenceView, readMatch } from "./reference.ts";
import type { ItemEntry } from "./store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

type Draft = MessageInitShape<typeof ItemSchema>;
const item = (vaultId: string, id: string, title: string, draft: Draft = {}) =>
  create(ItemSchema, {
    ...draft,
    overview: { ...draft.overview, id, vaultId, title } as never,
  });
const field = (id: string, title: string, sectionId = "", value = id) => ({
  id,
  title,
  sectionId,
  type: FieldType.CONCEALED,
  value: bytes(value),
});

/** A store over plain objects: entries without a value, as the real one gives them. */
function storeOf(
  vaults: readonly { id: string; name: string }[],
  items: readonly Item[],
): IndexedStore {
  const entries = items.flatMap((one): ItemEntry[] => {
    const { overview, revision, sections, fields, files } = one;
    if (overview === undefined) return [];
    const withoutValues = fields.map(({ id, title, sectionId, type }) => ({
      id,
      title,
      sectionId,
      type,
    }));
    return [{ overview, revision, sections, fields: withoutValues, files }];
  });
  return {
    vaults: () => vaults as never,
    vault: (id) => vaults.find((vault) => vault.id === id) as never,
    items: (id) => entries.filter(({ overview }) => overview.vaultId === id),
    entry: (id) => entries.find(({ overview }) => overview.id === id),
  };
}

const { privateKey } = generateKeyPairSync("ed25519");
const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const sshKey = (id: string, sectionId = "") => ({
  ...field(id, "private key", sectionId, pem),
  type: FieldType.SSH_KEY,
});
const totp = {
  ...field(
    "f-otp",
    "one-time password",
    "",
    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  ),
  type: FieldType.TOTP,
};

const vaults = [
  { id: "v-dev", name: "Dev" },
  { id: "v-home", name: "Home Lab" },
  { id: "v-twin-1", name: "Twin" },
  { id: "v-twin-2", name: "TWIN " },
  { id: "v-odd", name: "v-dev" },
  { id: "v-wide", name: "\uff37\uff49\uff44\uff45" },
];

const items = [
  item("v-dev", "i-github", "GitHub", {
    overview: { category: Category.LOGIN },
    sections: [
      { id: "s-1", title: "Tokens" },
      { id: "s-2", title: "Keys" },
      { id: "s-3", title: "KEYS" },
      { id: "s-4", title: "" },
    ],
    fields: [
      field("f-user", "user name"),
      field("f-token", "token"),
      field("f-token-1", "token", "s-1"),
      field("f-only-2", "only", "s-2"),
      field("f-both-1", "both", "s-1"),
      field("f-both-2", "both", "s-2"),
      field("f-keys-2", "pair", "s-2"),
      field("f-keys-3", "pair", "s-3"),
      field("f-twice-a", "twice"),
      field("f-twice-b", "Twice"),
      field("f-blank", "blank", "s-4"),
      field("f-blank-1", "blank", "s-1"),
      field("f-third", "third", "s-3"),
      field("f-cross", "f-user", "s-1"),
      field("f-file", "readme.txt"),
      totp,
    ],
    files: [
      { id: "a-1", name: "cert.pem", size: 1234n },
      { id: "a-2", name: "readme.txt", size: 5n },
      { id: "a-3", name: "double", sectionId: "s-1", size: 1n },
      { id: "a-4", name: "double", sectionId: "s-2", size: 2n },
    ],
    notes: bytes("the notes"),
  }),
  item("v-dev", "i-twin-1", "Copy"),
  item("v-dev", "i-twin-2", " copy"),
  item("v-dev", "i-named", "i-github"),
  item("v-dev", "i-old", "Old", { overview: { archived: true } }),
  item("v-dev", "i-renewed-1", "Renewed", { overview: { archived: true } }),
  item("v-dev", "i-renewed-2", "Renewed", { fields: [field("f", "f")] }),
  item("v-dev", "i-stored", "Stored", {
    sections: [{ id: "s", title: "s" }],
    fields: [
      sshKey("k", "s"),
      field("f-pub", "public key"),
      field("f-notes", "Notes"),
      field("f-private", "private key"),
    ],
    notes: bytes("the real notes"),
  }),
  item("v-home", "i-ssh", "Server", {
    overview: { category: Category.SSH_KEY },
    sections: [
      { id: "s-key", title: "Key" },
      { id: "s-host", title: "Host" },
    ],
    fields: [sshKey("f-key", "s-key"), field("f-host", "host")],
    files: [{ id: "a-f", name: "fingerprint", size: 1n }],
  }),
  item("v-home", "i-two-keys", "Two keys", {
    fields: [sshKey("a"), sshKey("b")],
  }),
  item("v-home", "i-no-key", "No key", {
    overview: { category: Category.SSH_KEY },
  }),
  item("v-home", "i-bad-key", "Bad key", {
    fields: [{ ...sshKey("k"), value: bytes("no key") }],
  }),
  item("v-home", "i-bad-otp", "Bad code", {
    fields: [
      { ...totp, value: bytes("otpauth://totp/x?encoder=steam&secret=GE") },
    ],
  }),
  item("v-home", "i-github-home", "GitHub", {
    fields: [field("f-h", "token")],
  }),
  item("v-twin-1", "i-t1", "One"),
  item("v-wide", "i-wide", "Stra\u00dfe", { fields: [field("f", "f")] }),
];

const store = storeOf(vaults, items);
const views: [string, ReferenceView][] = [
  ["a store as it is", store],
  ["a name index", createNameIndex(store)],
];

const nowMs = 59_000;
function resolve(view: ReferenceView, text: string): string {
  const found = matchReference(view, parseScopeReference(text));
  if ("failure" in found) return nameOf(found.failure);
  const { match } = found;
  const one = items.find(({ overview }) => overview?.id === match.itemId);
  if (one === undefined) throw new Error("an item that is not there");
  const read = readMatch(one, match, nowMs);
  return "failure" in read
    ? nameOf(read.failure)
    : new TextDecoder().decode(read.value);
}
const nameOf = (failure: ReferenceFailure) =>
  ReferenceFailureSchema.value[failure]?.localName ?? "unknown";

describe.each(views)("matching in %s", (_, view) => {
  it.each([
    // Vault and item, by name and by id.
    ["Dev/GitHub/token", "f-token"],
    ["dev/github/TOKEN", "f-token"],
    [" Dev /GitHub/ token ", "f-token"],
    ["v-dev/i-github/f-token", "f-token"],
    ["Wide/STRASSE/f", "f"],
    ["v-home/GitHub/token", "f-h"],
    ["Home Lab/GitHub/token", "f-h"],
    ["Nowhere/GitHub/token", "VAULT_NOT_FOUND"],
    ["Twin/One/f", "TOO_MANY_VAULTS"],
    ["v-twin-1/One/f", "FIELD_NOT_FOUND"],
    ["Dev/Nothing/f", "ITEM_NOT_FOUND"],
    ["Dev/Copy/f", "TOO_MANY_ITEMS"],
    ["Dev/i-twin-2/f", "FIELD_NOT_FOUND"],
    // An id wins over a name that equals it.
    ["v-dev/GitHub/token", "f-token"],
    ["Dev/i-github/token", "f-token"],
    // An id is no name: it is matched exactly, and in its own vault.
    ["V-DEV/GitHub/token", "ITEM_NOT_FOUND"],
    ["Dev/I-TWIN-1/f", "ITEM_NOT_FOUND"],
    ["Home Lab/i-github/token", "ITEM_NOT_FOUND"],
    // Archived items never match.
    ["Dev/Old/f", "ITEM_NOT_FOUND"],
    ["Dev/i-old/f", "ITEM_NOT_FOUND"],
    ["Dev/Renewed/f", "f"],
    // A field outside every section wins; so does one in a section without a name.
    ["Dev/GitHub/blank", "f-blank"],
    ["Dev/GitHub/only", "f-only-2"],
    ["Dev/GitHub/both", "TOO_MANY_FIELDS"],
    ["Dev/GitHub/twice", "TOO_MANY_FIELDS"],
    ["Dev/GitHub/f-twice-b", "f-twice-b"],
    ["Dev/GitHub/nothing", "FIELD_NOT_FOUND"],
    // An id wins over a name that equals it, here too.
    ["Dev/GitHub/f-user", "f-user"],
    ["Dev/GitHub/Tokens/f-user", "f-cross"],
    // With a section.
    ["Dev/GitHub/Tokens/token", "f-token-1"],
    ["Dev/GitHub/s-1/token", "f-token-1"],
    ["Dev/GitHub/tokens/f-token-1", "f-token-1"],
    ["Dev/GitHub/Tokens/f-token", "FIELD_NOT_FOUND"],
    ["Dev/GitHub/Tokens/only", "FIELD_NOT_FOUND"],
    ["Dev/GitHub/Nothing/token", "SECTION_NOT_FOUND"],
    // Several sections of one name: all are looked through.
    ["Dev/GitHub/Keys/third", "f-third"],
    ["Dev/GitHub/Keys/only", "f-only-2"],
    ["Dev/GitHub/Keys/pair", "TOO_MANY_FIELDS"],
    ["Dev/GitHub/s-3/pair", "f-keys-3"],
    // What the field is.
    ["Dev/GitHub/token?attribute=value", "f-token"],
    ["Dev/GitHub/token?attribute=id", "f-token"],
    ["Dev/GitHub/token?attribute=type", "CONCEALED"],
    ["Dev/GitHub/one-time password?attribute=type", "TOTP"],
    ["Dev/GitHub/token?attribute=name", "FIELD_NOT_FOUND"],
    // One-time passwords (RFC 6238 at 59 s).
    ["Dev/GitHub/one-time password?attribute=otp", "287082"],
    ["Dev/GitHub/one-time password?attribute=totp", "287082"],
    ["Dev/GitHub/one-time password", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
    ["Dev/GitHub/token?attribute=otp", "NOT_A_TOTP_FIELD"],
    ["Dev/GitHub/notes?attribute=otp", "NOT_A_TOTP_FIELD"],
    ["Dev/GitHub/cert.pem?attribute=otp", "NOT_A_TOTP_FIELD"],
    ["Home Lab/Bad code/one-time password?attribute=otp", "TOTP_FAILED"],
    // A file stands for the field.
    ["Dev/GitHub/cert.pem", "UNSUPPORTED_FILE_FORMAT"],
    ["Dev/GitHub/cert.pem?attribute=content", "UNSUPPORTED_FILE_FORMAT"],
    ["Dev/GitHub/cert.pem?attribute=name", "cert.pem"],
    ["Dev/GitHub/CERT.PEM?attribute=size", "1234"],
    ["Dev/GitHub/a-1?attribute=id", "a-1"],
    ["Dev/GitHub/cert.pem?attribute=type", "FILE"],
    ["Dev/GitHub/double?attribute=size", "TOO_MANY_FIELDS"],
    ["Dev/GitHub/Keys/double?attribute=size", "2"],
    ["Dev/GitHub/cert.pem?ssh-format=openssh", "NOT_AN_SSH_KEY"],
    // A field of that name wins, but for what only a file has.
    ["Dev/GitHub/readme.txt", "f-file"],
    ["Dev/GitHub/readme.txt?attribute=size", "5"],
    // Notes.
    ["Dev/GitHub/notes", "the notes"],
    ["Dev/GitHub/notesPlain", "the notes"],
    ["Dev/GitHub/NOTESPLAIN?attribute=id", "notesPlain"],
    ["Dev/GitHub/notes?attribute=type", "TEXT"],
    ["Dev/GitHub/notes?attribute=size", "FIELD_NOT_FOUND"],
    ["Dev/GitHub/Tokens/notes", "FIELD_NOT_FOUND"],
    ["Dev/Renewed/notes", "FIELD_NOT_FOUND"],
    ["Dev/Stored/notes", "f-notes"],
    ["Dev/Stored/notesPlain", "the real notes"],
    // SSH keys.
    ["Home Lab/Server/private key", pem],
    ["Home Lab/Server/private_key", pem],
    ["Home Lab/Server/Key/private key", pem],
    ["Home Lab/Server/key type", "Ed25519"],
    ["Home Lab/Server/KEY TYPE", "Ed25519"],
    ["Home Lab/Server/Key/key_type", "Ed25519"],
    ["Home Lab/Server/Host/key type", "FIELD_NOT_FOUND"],
    ["Home Lab/Server/public key?attribute=id", "public_key"],
    ["Home Lab/Server/public key?attribute=type", "TEXT"],
    ["Home Lab/Server/public key?ssh-format=openssh", "NOT_AN_SSH_KEY"],
    ["Home Lab/Server/public key?attribute=otp", "NOT_A_TOTP_FIELD"],
    ["Home Lab/Server/host?ssh-format=openssh", "NOT_AN_SSH_KEY"],
    ["Home Lab/Two keys/public key", "TOO_MANY_FIELDS"],
    ["Home Lab/Two keys/private key", "TOO_MANY_FIELDS"],
    ["Home Lab/Two keys/a", pem],
    ["Home Lab/No key/public key", "SSH_KEY_METADATA_NOT_FOUND"],
    ["Home Lab/Bad key/public key", "SSH_KEY_PARSING"],
    ["Home Lab/Bad key/private key", "no key"],
    ["Home Lab/Bad key/private key?ssh-format=openssh", "SSH_KEY_PARSING"],
    ["Dev/GitHub/public key", "FIELD_NOT_FOUND"],
    // A stored field of that name wins.
    ["Dev/Stored/public key", "f-pub"],
    ["Dev/Stored/private key", "f-private"],
    ["Dev/Stored/key type", "Ed25519"],
  ])("takes %s for %j", (path, expected) => {
    expect(resolve(view, `assent://${path}`)).toBe(expected);
  });

  it("gives public key and fingerprint of an SSH key, and the key as OpenSSH writes it", () => {
    const of = (rest: string) =>
      resolve(view, `assent://Home Lab/Server/${rest}`);
    expect(of("public key")).toMatch(/^ssh-ed25519 AAAA\S+$/);
    expect(of("fingerprint")).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(of("private key?ssh-format=openssh")).toMatch(
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n/,
    );
  });

  it.each([
    ["op:////f", "VAULT_NOT_FOUND"],
    ["op://Dev//f", "ITEM_NOT_FOUND"],
    ["op://Dev/GitHub//token", "f-token"],
    ["op://Dev/GitHub//blank", "f-blank"],
    ["op://Dev/GitHub//only", "FIELD_NOT_FOUND"],
    ["op://Dev/GitHub//notes", "the notes"],
    ["op://Dev/GitHub/", "FIELD_NOT_FOUND"],
  ])("takes %s, where a name is empty, for %j", (reference, expected) => {
    expect(resolve(view, reference)).toBe(expected);
  });

  it("takes a scope reference of two segments for the whole item, which is no value (SES-018)", () => {
    const outcome = matchReference(
      view,
      parseScopeReference("op://Dev/GitHub"),
    );
    expect(outcome).toEqual({
      match: {
        vaultId: "v-dev",
        itemId: "i-github",
        fieldId: undefined,
        fileId: undefined,
        attribute: "value",
        sshFormat: undefined,
      },
    });
    expect(resolve(view, "op://Dev/GitHub")).toBe("OTHER");
  });
});

describe("what a match tells apart", () => {
  const matchOf = (path: string) => {
    const outcome = matchReference(
      store,
      parseScopeReference(`assent://Home Lab/Server/${path}`),
    );
    return "match" in outcome ? outcome.match : outcome;
  };
  it("is the public key from the private one", () => {
    expect(matchOf("private key")).toMatchObject({ fieldId: "f-key" });
    expect(matchOf("public key")).toMatchObject({ fieldId: "public_key" });
  });
  it("is no name from its id, no scheme and no section from none", () => {
    const match = matchOf("private key");
    expect(matchOf("f-key")).toEqual(match);
    expect(matchOf("Key/private_key")).toEqual(match);
    expect(
      matchReference(store, parseScopeReference("op://v-home/i-ssh/f-key")),
    ).toEqual({ match });
  });
  it("names a derived field in a way that can be matched again", () => {
    for (const name of ["public key", "fingerprint", "key type", "notes"]) {
      const match = matchOf(name);
      if (!("fieldId" in match)) throw new Error(`no match: ${name}`);
      expect(matchOf(match.fieldId ?? "")).toEqual(match);
    }
  });
});

describe("readMatch", () => {
  const read = (one: Item, path: string) => {
    const outcome = matchReference(store, parseScopeReference(path));
    if ("failure" in outcome) throw new Error("no match");
    return readMatch(one, outcome.match, nowMs);
  };
  const github = items[0] as Item;

  it.each(["assent://Dev/GitHub/token", "assent://Dev/GitHub/notes"])(
    "gives a copy of %s: zeroing it or the item leaves the other alone",
    (path) => {
      const first = read(github, path);
      const second = read(github, path);
      if (!("value" in first && "value" in second)) throw new Error("no value");
      expect(first.value.length).toBeGreaterThan(0);
      const kept = second.value.slice();
      first.value.fill(0);
      expect(second.value).toEqual(kept);
      expect(read(github, path)).toEqual({ value: kept });
      expect(second.value.buffer).not.toBe(github.notes.buffer);
    },
  );

  it("gives an empty value for an empty field", () => {
    const empty = item("v-dev", "i-github", "GitHub", {
      fields: [{ ...field("f-token", "token"), value: new Uint8Array() }],
    });
    const outcome = read(empty, "assent://Dev/GitHub/token");
    expect("value" in outcome && outcome.value.length).toBe(0);
  });

  it.each(["token", "cert.pem", "notes"])(
    "finds nothing when %s went away after the match",
    (name) => {
      const bare = item("v-dev", "i-github", "GitHub");
      expect(read(bare, `assent://Dev/GitHub/${name}`)).toEqual({
        failure: ReferenceFailure.FIELD_NOT_FOUND,
      });
    },
  );

  it("judges the type again: what changed after the match is not given as something else", () => {
    const changed = item("v-dev", "i-github", "GitHub", {
      fields: [{ ...totp, type: FieldType.TEXT }],
    });
    expect(
      read(changed, "assent://Dev/GitHub/one-time password?attribute=otp"),
    ).toEqual({ failure: ReferenceFailure.NOT_A_TOTP_FIELD });
  });

  it("tells a type that this version does not know as text", () => {
    const newer = item("v-dev", "i-github", "GitHub", {
      fields: [{ ...field("f-token", "token"), type: 99 as FieldType }],
    });
    expect(read(newer, "assent://Dev/GitHub/token?attribute=type")).toEqual({
      value: bytes("TEXT"),
    });
  });
});
