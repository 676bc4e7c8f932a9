// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Category, FieldType } from "@assent/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { zipOf } from "../../test/zip-file.ts";
import { exitCodes } from "../exit.ts";
import type { Draft, ReadFile } from "./draft.ts";
import { readExport, type Source } from "./read-export.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assent-import-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const canary = "hunter2-canary";

async function read(
  source: Source,
  content: string | Uint8Array,
): Promise<ReadFile> {
  const path = join(folder, ".env");
  writeFileSync(path, content);
  return readExport(source, path, async () => Buffer.from("pw"));
}

async function only(source: Source, content: string | Uint8Array) {
  const { vaults } = await read(source, content);
  return [...vaults.values()].flat();
}

const shown = ({ fields }: Draft) =>
  fields.map(({ title, type, value }) => [title, type, value]);

test("an environment file becomes one item, each variable concealed", async () => {
  const [draft, other] = await only(
    "env",
    'A=1\nexport B="two words"\n# C=3\n',
  );
  expect(other).toBeUndefined();
  expect(draft).toMatchObject({
    title: ".env",
    category: Category.ENVIRONMENT,
  });
  expect(draft && shown(draft)).toEqual([
    ["A", FieldType.CONCEALED, "1"],
    ["B", FieldType.CONCEALED, "two words"],
  ]);
});

const bitwarden = {
  encrypted: false,
  folders: [{ id: "f1", name: "Work" }],
  items: [
    {
      type: 1,
      name: "GitHub",
      folderId: "f1",
      notes: "a note",
      login: {
        username: "ada",
        password: canary,
        totp: "SEED",
        uris: [{ uri: "https://github.com" }, { uri: null }],
        fido2Credentials: [{}],
      },
      fields: [
        { name: "plain", value: "x", type: 0 },
        { name: "hidden", value: "y", type: 1 },
        { name: "linked", value: null, type: 3 },
      ],
    },
    { type: 2, name: "Note", notes: "text", folderId: null },
    {
      type: 3,
      name: "Card",
      card: { number: "4111", brand: "Visa", code: "1" },
    },
    { type: 5, name: "Key", sshKey: { privateKey: "PEM", publicKey: "ssh" } },
    { type: 99, name: "New" },
  ],
};

test("Bitwarden: logins, notes, cards, keys, custom fields; folders become tags", async () => {
  const file = await read("bitwarden", JSON.stringify(bitwarden));
  const [login, note, card, key] = [...file.vaults.values()].flat();
  expect(login).toMatchObject({
    title: "GitHub",
    category: Category.LOGIN,
    tags: ["Work"],
    urls: ["https://github.com"],
    notes: "a note",
  });
  expect(login && shown(login)).toEqual([
    ["username", FieldType.TEXT, "ada"],
    ["password", FieldType.CONCEALED, canary],
    ["one-time password", FieldType.TOTP, "SEED"],
    ["plain", FieldType.TEXT, "x"],
    ["hidden", FieldType.CONCEALED, "y"],
  ]);
  expect(note).toMatchObject({ category: Category.SECURE_NOTE, notes: "text" });
  expect(card && shown(card)).toContainEqual([
    "number",
    FieldType.CONCEALED,
    "4111",
  ]);
  expect(key && shown(key)).toContainEqual([
    "privateKey",
    FieldType.CONCEALED,
    "PEM",
  ]);
  expect(file.left).toEqual([
    "1 passkey: not supported",
    "1 item of an unknown kind: kept as notes",
  ]);
});

const onePassword = {
  accounts: [
    {
      vaults: [
        {
          attrs: { name: "Private" },
          items: [
            {
              state: "archived",
              categoryUuid: "001",
              overview: {
                title: "GitHub",
                url: "https://a",
                urls: [{ url: "https://a" }, { url: "https://b" }],
                tags: ["t"],
              },
              details: {
                loginFields: [
                  { value: "ada", designation: "username" },
                  { value: canary, designation: "password" },
                  { value: "on", designation: "", name: "remember" },
                ],
                notesPlain: "a note",
                sections: [
                  {
                    title: "More",
                    fields: [
                      { title: "code", value: { totp: "SEED" } },
                      { title: "pin", value: { concealed: "1234" } },
                      {
                        title: "mail",
                        value: { email: { email_address: "a@b" } },
                      },
                      { title: "born", value: { date: 0 } },
                      { title: "until", value: { monthYear: 202512 } },
                      {
                        title: "key",
                        value: { sshKey: { privateKey: "PEM" } },
                      },
                      {
                        title: "home",
                        value: { address: { street: "S 1", city: "C" } },
                      },
                      { title: "empty", value: { concealed: "" } },
                    ],
                  },
                ],
              },
            },
          ],
        },
        {
          attrs: { name: "Shared" },
          items: [
            {
              item: { overview: { title: "Old" }, details: { password: "p" } },
            },
          ],
        },
      ],
    },
  ],
};
const data = Buffer.from(JSON.stringify(onePassword));

test("1PUX: vaults keep their names, fields their sections and kinds", async () => {
  const file = await read(
    "1pux",
    zipOf(
      { name: "export.attributes", content: Buffer.from("{}") },
      { name: "export.data", content: data },
      { name: "files/a", content: Buffer.from("x") },
    ),
  );
  expect([...file.vaults.keys()]).toEqual(["Private", "Shared"]);
  expect(file.left).toEqual(["1 attached file that no item names"]);
  const [draft] = file.vaults.get("Private") ?? [];
  expect(draft).toMatchObject({
    title: "GitHub",
    category: Category.LOGIN,
    archived: true,
    urls: ["https://a", "https://b"],
    tags: ["t"],
    notes: "a note",
  });
  expect(draft && shown(draft)).toEqual([
    ["username", FieldType.TEXT, "ada"],
    ["password", FieldType.CONCEALED, canary],
    ["code", FieldType.TOTP, "SEED"],
    ["pin", FieldType.CONCEALED, "1234"],
    ["mail", FieldType.EMAIL, "a@b"],
    ["born", FieldType.DATE, "1970-01-01"],
    ["until", FieldType.MONTH_YEAR, "2025-12"],
    ["key", FieldType.CONCEALED, "PEM"],
    ["home", FieldType.TEXT, "S 1, C"],
  ]);
  expect(draft?.fields.at(2)?.section).toBe("More");
  expect(file.vaults.get("Shared")?.[0]?.title).toBe("Old");
});

test("KeePass: the columns of KeePassXC, of KeePass 2 and of KeePass 1", async () => {
  for (const [head, row] of [
    [
      '"Group","Title","Username","Password","URL","Notes","TOTP","Icon"',
      '"Root","GitHub","ada","a ""quoted"", b","https://x","two\nlines","SEED","0"',
    ],
    [
      '"Account","Login Name","Password","Web Site","Comments"',
      '"GitHub","ada","a ""quoted"", b","https://x","two\nlines"',
    ],
  ]) {
    const [draft] = await only("keepass-csv", `\ufeff${head}\r\n${row}\r\n`);
    expect(draft).toMatchObject({
      title: "GitHub",
      urls: ["https://x"],
      notes: "two\nlines",
    });
    expect(draft && shown(draft).slice(0, 2)).toEqual([
      ["username", FieldType.TEXT, "ada"],
      ["password", FieldType.CONCEALED, 'a "quoted", b'],
    ]);
  }
});

async function refusal(source: Source, content: string | Uint8Array) {
  const error = await read(source, content).then(
    () => undefined,
    (caught: unknown) => caught as Error,
  );
  expect(error).toMatchObject({ exitCode: exitCodes.failed });
  expect(error?.message).not.toContain(canary);
  return error?.message ?? "";
}

test("an export that was cut off anywhere is told, and nothing of it repeated", async () => {
  const csv = `"Title","Username","Password"\n"a","b","${canary}"\n"a","b","c`;
  expect(await refusal("keepass-csv", csv)).toContain("cut off");
  const json = JSON.stringify(bitwarden);
  for (const at of [0, 1, 40, 200, json.length - 1]) {
    expect(await refusal("bitwarden", json.slice(0, at))).toContain("cut off");
  }
  const zip = zipOf({ name: "export.data", content: data });
  for (const at of [0, 10, 100, zip.length - 10]) {
    expect(await refusal("1pux", zip.subarray(0, at))).toContain("cut off");
  }
});

test("a hostile archive is refused, and never unpacked beyond its limit", async () => {
  const content = data;
  const name = "export.data";
  const cases: [Buffer, RegExp][] = [
    [zipOf({ name: "../../etc/x", content }), /zip archive/],
    [zipOf({ name: "/etc/x", content }), /zip archive/],
    [zipOf({ name: "a\\b", content }), /zip archive/],
    [zipOf({ name: "other", content }), /export\.data is missing/],
    [zipOf({ name, content, toldCrc: 1 }), /checksum/],
    // Says little and unpacks to much, and the other way round.
    [zipOf({ name, content: Buffer.alloc(1e6), toldSize: 10 }), /zip archive/],
    [zipOf({ name, content, toldSize: 0xfffffff0 }), /larger than 128 MiB/],
    [zipOf({ name, content: Buffer.from("[]") }), /no 1PUX/],
    [zipOf(), /export\.data is missing/],
  ];
  for (const [archive, why] of cases) {
    expect(await refusal("1pux", archive)).toMatch(why);
  }
});

test("a file of four gigabytes is refused, of whatever kind it is said to be", async () => {
  const path = join(folder, "huge");
  const descriptor = openSync(path, "w");
  ftruncateSync(descriptor, 4 * 1024 ** 3 + 1);
  closeSync(descriptor);
  for (const source of [
    "env",
    "bitwarden",
    "1pux",
    "keepass-csv",
    "kdbx",
  ] as const) {
    await expect(
      readExport(source, path, async () => Buffer.from("pw")),
    ).rejects.toMatchObject({
      exitCode: exitCodes.failed,
      message: expect.stringMatching(/larger than 128 MiB|zip archive/),
    });
  }
});

test("what is of another kind is told", async () => {
  for (const [source, content, why] of [
    ["env", "no assignment here", /no NAME=VALUE/],
    ["env", new Uint8Array([0xff, 0xfe]), /not text/],
    [
      "bitwarden",
      JSON.stringify({ encrypted: true, data: canary }),
      /encrypted/,
    ],
    ["bitwarden", "[]", /no export of Bitwarden/],
    ["bitwarden", "null", /no export of Bitwarden/],
    ["bitwarden", "[".repeat(100_000), /cut off/],
    ["keepass-csv", "a,b\n1,2\n", /Title and Password/],
    ["keepass-csv", "Title,Password\n1,2,3\n", /CSV/],
    ["keepass-csv", "", /no entries/],
    ["kdbx", "text", /no KDBX/],
  ] as const) {
    expect(await refusal(source, content)).toMatch(why);
  }
});

const withFiles = (
  ...files: readonly { readonly id: string; readonly name: string }[]
) => {
  const fields = files.map(({ id: documentId, name: fileName }) => ({
    title: "attached",
    value: { file: { fileName, documentId } },
  }));
  const item = {
    categoryUuid: "006",
    overview: { title: "Contract" },
    details: {
      documentAttributes: { fileName: "main.pdf", documentId: "doc" },
      sections: [{ title: "More", fields }],
    },
  };
  const whole = { accounts: [{ vaults: [{ items: [item] }] }] };
  const content = Buffer.from(JSON.stringify(whole));
  return { name: "export.data", content };
};

async function contentsOf(draft: Draft | undefined): Promise<string[][]> {
  const files = draft?.files ?? [];
  return Promise.all(
    files.map(async ({ name, section = "", content }) => [
      name,
      section,
      Buffer.from(await content()).toString(),
    ]),
  );
}

test("1PUX: files go with their items, those that cannot are counted", async () => {
  const id = "a".repeat(26);
  const file = await read(
    "1pux",
    zipOf(
      withFiles(
        { id: "x", name: "" },
        { id: "y", name: id },
        { id: "../z", name: "gone" },
        { id: "large", name: "large" },
      ),
      { name: "files/doc__main.pdf", content: Buffer.from("one") },
      { name: "files/x___a__b", content: Buffer.from("two") },
      { name: "files/y__c", content: Buffer.from("three") },
      { name: "files/nobody__d", content: Buffer.from("four") },
      {
        name: "files/large__l",
        content: Buffer.alloc(1),
        toldSize: 32 * 1024 * 1024 + 1,
      },
    ),
  );
  const [draft] = [...file.vaults.values()].flat();
  expect(await contentsOf(draft)).toEqual([
    ["main.pdf", "", "one"],
    ["file", "More", "two"],
    [`file ${id}`, "More", "three"],
  ]);
  expect(draft?.fields).toEqual([]);
  expect(file.left.toSorted()).toEqual([
    "1 attached file larger than 32 MiB",
    "1 attached file that no item names",
    "1 attached file that the archive does not hold",
  ]);
});

test("1PUX: all is of the archive that was opened, whatever is in its place when its files are read", async () => {
  const file = await read(
    "1pux",
    zipOf(withFiles(), {
      name: "files/doc__main.pdf",
      content: Buffer.from("one"),
    }),
  );
  rmSync(join(folder, ".env"));
  writeFileSync(join(folder, ".env"), "A=1\n");
  const [draft] = [...file.vaults.values()].flat();
  expect(await contentsOf(draft)).toEqual([["main.pdf", "", "one"]]);
  file.close?.();
  // Nothing can be read any more, so nothing holds it open.
  await expect(contentsOf(draft)).rejects.toThrow();
});

test("1PUX: a file that is damaged is told when it is read (T52)", async () => {
  const file = await read(
    "1pux",
    zipOf(withFiles(), {
      name: "files/doc__main.pdf",
      content: Buffer.from("one"),
      toldCrc: 1,
    }),
  );
  const [draft] = [...file.vaults.values()].flat();
  await expect(contentsOf(draft)).rejects.toThrow("checksum is wrong");
});

test("odd shapes in a file are no failure of ours", async () => {
  const odd = [
    {
      items: [
        null,
        1,
        "x",
        [],
        { name: 5, login: "x", fields: "y", folderId: {} },
      ],
    },
    { items: [{ type: 1, name: "__proto__", login: { uris: [null, 5, {}] } }] },
  ];
  for (const file of odd) {
    expect((await only("bitwarden", JSON.stringify(file))).length).toBe(
      file.items.length,
    );
  }
  const archive = zipOf({
    name: "export.data",
    content: Buffer.from('{"accounts":[null,{"vaults":[1,{"items":[null]}]}]}'),
  });
  expect((await only("1pux", archive)).length).toBe(1);
});
