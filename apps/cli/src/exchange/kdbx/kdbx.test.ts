// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FieldType, ItemSchema, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ImportError } from "../draft.ts";
import { deriveKey } from "./key-derivation.ts";
import { readKdbx } from "./read-kdbx.ts";
import { writeKdbx } from "./write-kdbx.ts";

const cheap = { memory: 1024, passes: 1, parallelism: 1 };
const password = () => Buffer.from("correct horse");
const bytes = (text: string) => Buffer.from(text);
const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const title = "Git <Hub> & \u00fc";

const large = Buffer.alloc(1_500_000, "0123456789abc");
const files = [
  { id: "f1", name: "id.key", content: bytes("\0\x01\xff key\n") },
  { id: "f2", name: "id.key", content: large },
  { id: "f3", name: "<empty> & \u00fc", content: bytes("") },
];

const vaults = [
  {
    contents: new Map(files.map(({ id, content }) => [`i1/${id}`, content])),
    vault: create(VaultSchema, { name: "Dev" }),
    items: [
      create(ItemSchema, {
        overview: {
          id: "i1",
          title,
          tags: ["one"],
          urls: ["https://x", "https://y"],
        },
        sections: [{ id: "s", title: "prod" }],
        fields: [
          { title: "username", type: FieldType.TEXT, value: bytes("ada") },
          {
            title: "password",
            type: FieldType.CONCEALED,
            value: bytes("p<w>\u{1f600}\0\u0001"),
          },
          { title: "code", type: FieldType.TOTP, value: bytes(seed) },
          {
            title: "token",
            sectionId: "s",
            type: FieldType.CONCEALED,
            value: bytes("tok"),
          },
        ],
        notes: bytes("two\nlines"),
        files: files.map(({ id, name }) => ({ id, name })),
      }),
    ],
  },
];

async function refusal(file: Uint8Array, secret = password()): Promise<string> {
  try {
    await readKdbx(file, secret);
  } catch (error) {
    expect(error).toBeInstanceOf(ImportError);
    return (error as Error).message;
  }
  throw new Error("it was read");
}

test("what is written is read again, with its groups, tags and fields", async () => {
  const file = await writeKdbx(vaults, password(), cheap);
  const [draft, other] = [
    ...(await readKdbx(file, password())).vaults.values(),
  ].flat();
  expect(other).toBeUndefined();
  expect(draft).toMatchObject({
    title,
    tags: ["Dev", "one"],
    urls: ["https://x"],
    notes: "two\nlines",
  });
  const values = new Map(draft?.fields.map((each) => [each.title, each.value]));
  expect(values.get("username")).toBe("ada");
  expect(values.get("password")).toBe("p<w>\u{1f600}\0\u0001");
  expect(values.get("one-time password")).toContain(`secret=${seed}`);
  expect(values.get("prod.token")).toBe("tok");
  expect(draft?.files?.map(({ name, size }) => [name, size])).toEqual([
    ["id.key", files[0]?.content.length],
    ["id.key 2", large.length],
    ["<empty> & \u00fc", 0],
  ]);
  for (const [at, file] of (draft?.files ?? []).entries()) {
    const content = Buffer.from(await file.content());
    expect(content.equals(files[at]?.content ?? bytes("none"))).toBe(true);
  }
});

test("another password is told; so is every file with one bit changed, or cut off", async () => {
  const file = Buffer.from(await writeKdbx(vaults, password(), cheap));
  expect(await refusal(file, bytes("other"))).toContain("password is wrong");
  for (let at = 0; at < file.length; at += Math.ceil(file.length / 60)) {
    const changed = Buffer.from(file);
    changed[at] = (changed[at] ?? 0) ^ 1;
    // The minor version and what ends the header are not of the content.
    expect(await refusal(changed)).not.toBe("");
    expect(await refusal(file.subarray(0, at))).not.toBe("");
  }
});

test("a file that asks for too much memory or time is refused before it gets any (T52)", async () => {
  const argon2 = { kind: "argon2id", salt: Buffer.alloc(32) } as const;
  for (const cost of [
    { memory: 2 ** 40, passes: 1, parallelism: 1 },
    { memory: 2 * 1024 * 1024, passes: 1, parallelism: 1 },
    { memory: 64 * 1024, passes: 2 ** 31, parallelism: 1 },
    { memory: 1024, passes: 1, parallelism: 0 },
    { memory: 1024, passes: 0, parallelism: 1 },
    { memory: 1024, passes: 1, parallelism: 2 ** 31 },
  ]) {
    await expect(deriveKey(password(), { ...argon2, ...cost })).rejects.toThrow(
      ImportError,
    );
  }
  const rounds = Number.MAX_SAFE_INTEGER;
  await expect(
    deriveKey(password(), { kind: "aes", seed: Buffer.alloc(32), rounds }),
  ).rejects.toThrow(ImportError);
});

const hasTool =
  spawnSync("keepassxc-cli", ["--version"], {
    env: { ...process.env, QT_QPA_PLATFORM: "offscreen" },
  }).status === 0;
if (!hasTool) {
  process.stderr.write(
    "NOT RUN: KeePass databases compared with KeePassXC, both ways\n  it needs keepassxc-cli: apt-get install keepassxc\n",
  );
}

describe.skipIf(!hasTool)("with KeePassXC", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "assent-kdbx-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function keepass(args: string[], ...lines: string[]): string {
    const { status, stdout, stderr } = spawnSync("keepassxc-cli", args, {
      cwd: folder,
      input: lines.map((line) => `${line}\n`).join(""),
      encoding: "utf8",
      env: { ...process.env, QT_QPA_PLATFORM: "offscreen" },
    });
    expect(status, stderr).toBe(0);
    return stdout;
  }

  test("it opens what we write, with every value and the same code", async () => {
    const file = join(folder, "own.kdbx");
    writeFileSync(file, await writeKdbx(vaults, password(), cheap));
    const place = `Dev/${title}`;
    const shown = (name: string) =>
      keepass(["show", "-s", "-a", name, file, place], "correct horse");
    expect(shown("UserName")).toBe("ada\n");
    expect(shown("Password")).toContain("p<w>\u{1f600}");
    expect(shown("Notes")).toBe("two\nlines\n");
    expect(shown("prod.token")).toBe("tok\n");
    expect(shown("otp")).toContain(seed);
    for (const [name, at] of [
      ["id.key", 0],
      ["id.key 2", 1],
      ["<empty> & \u00fc", 2],
    ] as const) {
      const args = ["attachment-export", file, place, name, "out"];
      keepass(args, "correct horse");
      const out = join(folder, "out");
      expect(readFileSync(out).equals(files[at]?.content ?? large)).toBe(true);
      rmSync(out);
    }
    expect(keepass(["show", "-t", file, place], "correct horse")).toMatch(
      /^\d{6}\n$/,
    );
  });

  test("we read what it writes: KDBX 3.1, and after its own change of ours KDBX 4", async () => {
    const old = join(folder, "old.kdbx");
    keepass(["db-create", "-p", old], "pw", "pw");
    keepass(["mkdir", old, "Work"], "pw");
    const add = ["add", "-u", "ada", "--url", "https://x", "-p"];
    keepass([...add, old, "Work/GitHub"], "pw", "secret one");
    const entries = async () => {
      const file = await readKdbx(readFileSync(old), bytes("pw"));
      return { drafts: [...file.vaults.values()].flat(), left: file.left };
    };
    const expected = (username: string) => ({
      title: "GitHub",
      tags: ["Work"],
      urls: ["https://x"],
      fields: [
        { title: "username", value: username },
        { title: "password", value: "secret one" },
      ],
    });
    expect(readFileSync(old).readUInt16LE(10)).toBe(3);
    const attach = async (name: string, content: Uint8Array) => {
      writeFileSync(join(folder, "attached"), content);
      const place = [old, "Work/GitHub", name, "attached"];
      keepass(["attachment-import", ...place], "pw");
      const [draft] = (await entries()).drafts;
      const file = draft?.files?.find((each) => each.name === name);
      expect(file?.size).toBe(content.length);
      const read = Buffer.from((await file?.content()) ?? []);
      expect(read.equals(content)).toBe(true);
    };
    await attach("a.bin", bytes("\0attached"));
    await attach("b.bin", large);
    expect((await entries()).drafts).toMatchObject([expected("ada")]);
    expect(await refusal(readFileSync(old), bytes("no"))).toContain(
      "password is wrong",
    );
    // With an older version of an entry, and one that was thrown away.
    keepass([...add, old, "Work/Gone"], "pw", "secret two");
    keepass(["rm", old, "Work/Gone"], "pw");
    keepass(["edit", "-u", "grace", old, "Work/GitHub"], "pw");
    const later = await entries();
    expect(later.drafts).toMatchObject([expected("grace")]);
    expect(later.left).toEqual(["1 entry in the recycle bin"]);

    const own = join(folder, "changed.kdbx");
    writeFileSync(own, await writeKdbx(vaults, password(), cheap));
    keepass([...add, own, "Dev/New"], "correct horse", "secret three");
    expect(readFileSync(own).readUInt16LE(10)).toBe(4);
    const changed = await readKdbx(readFileSync(own), password());
    const [kept] = [...changed.vaults.values()]
      .flat()
      .filter((each) => each.title === title);
    expect(kept?.files?.map(({ size }) => size).toSorted()).toEqual(
      files.map(({ content }) => content.length).toSorted(),
    );
    const titles = [...changed.vaults.values()]
      .flat()
      .map((each) => each.title);
    expect(titles.toSorted()).toEqual([title, "New"].toSorted());
  });
});
