// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { endProcesses } from "./daemon.ts";
import { type Household, startHousehold } from "./household.ts";
import { zipOf } from "./zip-file.ts";

// Each call derives a key, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let household: Household;
let file: string;
const large = Buffer.alloc(4_000_000, "0123456789abc");

beforeAll(async () => {
  household = await startHousehold();
  file = join(household.home, "import");
});
afterAll(async () => {
  await household?.[Symbol.asyncDispose]();
  endProcesses();
});

const login = (name: string, password: string) => ({
  type: 1,
  name,
  login: { username: "ada", password },
});

function importing(from: string, ...options: string[]) {
  return household.asOwner(["import", "--from", from, file, ...options]);
}

async function vaultNames(): Promise<string[]> {
  const { out } = await household.asOwner(["vault", "list", "--json"]);
  return JSON.parse(out).map(({ name }: { name: string }) => name);
}

// The tests of this file tell one story, in order.
test("a dry run tells what would be done, and does nothing", async () => {
  const items = [
    login("GitHub", "one"),
    login("Twice", "a"),
    login("Twice", "b"),
  ];
  writeFileSync(file, JSON.stringify({ items }));
  const { code, out } = await importing("bitwarden", "--dry-run");
  expect(code).toBe(exitCodes.done);
  expect(out).toContain("3 items for Imported (a new vault)");
  expect(out).toContain("1 title more than once, so only ids find them: Twice");
  expect(out).toContain("Nothing was written.");
  expect(await vaultNames()).toEqual([]);
});

test("what is imported is there, and what is there already is left out and told", async () => {
  const first = await importing("bitwarden");
  expect(first).toMatchObject({ code: exitCodes.done, err: "" });
  const show = ["item", "show", "Imported", "GitHub", "--field", "password"];
  expect((await household.asOwner(show)).out).toBe("one\n");
  writeFileSync(
    file,
    JSON.stringify({ items: [login("GitHub", "two"), login("New", "three")] }),
  );
  const { out } = await importing("bitwarden");
  expect(out).toContain("1 item for Imported");
  expect(out).toContain("1 left out, whose titles are there already: GitHub");
  expect((await household.asOwner(show)).out).toBe("one\n");
  const kept = await importing("bitwarden", "--keep-duplicates", "--dry-run");
  expect(kept.out).toContain("2 items for Imported");
});

test("vaults of a 1PUX file keep their names, so references go on working", async () => {
  const data = {
    accounts: [
      {
        vaults: [
          {
            attrs: { name: "Private" },
            items: [
              {
                categoryUuid: "001",
                overview: { title: "GitHub" },
                details: {
                  loginFields: [{ value: "hunter2", designation: "password" }],
                  documentAttributes: {
                    fileName: "large.bin",
                    documentId: "d1",
                  },
                  sections: [
                    {
                      title: "Keys",
                      fields: [
                        {
                          value: { file: { fileName: "k", documentId: "d2" } },
                        },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  };
  writeFileSync(
    file,
    zipOf(
      { name: "export.data", content: Buffer.from(JSON.stringify(data)) },
      { name: "files/d1__large.bin", content: large },
      { name: "files/d2__k", content: Buffer.from("key") },
    ),
  );
  const imported = await importing("1pux");
  expect(imported).toMatchObject({ code: exitCodes.done, err: "" });
  expect(imported.out).toContain("  2 attached files, 3.8 MiB");
  const back = join(household.home, "large");
  const name = ["Private", "GitHub", "large.bin", "--out", back];
  await household.asOwner(["item", "file", "read", ...name]);
  expect(readFileSync(back).equals(large)).toBe(true);
  const key = ["read", "-n", "op://Private/GitHub/Keys/k"];
  expect((await household.run(key)).out).toBe("key");
  const read = ["read", "op://Private/GitHub/password"];
  expect((await household.run(read)).out).toBe("hunter2\n");
});

test("one item that cannot be stored, and nothing is written", async () => {
  const names = await vaultNames();
  for (const [bad, why] of [
    [login("x".repeat(257), "p"), "more than 256 characters"],
    [login("a".repeat(26), "p"), "looks like an id"],
    [login("Large", "p".repeat(3_000_000)), "larger than 2 MiB"],
  ] as const) {
    const items = [login("Good", "p"), bad];
    writeFileSync(file, JSON.stringify({ items }));
    const { code, err } = await importing("bitwarden", "--vault", "Fresh");
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain("item 2");
    expect(err).toContain(why);
  }
  expect(await vaultNames()).toEqual(names);
});

test("many items go in several parts, and all of them arrive", async () => {
  const items = Array.from({ length: 1_100 }, (_, at) =>
    login(`L${at}`, `${at}`),
  );
  writeFileSync(file, JSON.stringify({ items }));
  const { code, err } = await importing("bitwarden", "--vault", "Many");
  expect(code).toBe(exitCodes.done);
  expect(err).toContain("assent: 1000 of 1100 items\n");
  const { out } = await household.asOwner(["item", "list", "Many", "--json"]);
  expect(JSON.parse(out).length).toBe(1_100);
});

test("an import that is interrupted in between is taken back, also what was under way", async () => {
  const names = await vaultNames();
  const titles = () => household.asOwner(["item", "list", "Many", "--json"]);
  const before = await titles();
  const items = Array.from({ length: 1_100 }, (_, at) =>
    login(`H${at}`, `${at}`),
  );
  writeFileSync(file, JSON.stringify({ items }));
  for (const vault of ["Half", "Many"]) {
    const { out, err, code } = await household.interrupted(
      ["import", "--from", "bitwarden", file, "--vault", vault],
      "1000 of 1100",
    );
    expect({ out, code }).toMatchObject({ code: exitCodes.interrupted });
    expect(err).toContain("taken back");
  }
  expect(await vaultNames()).toEqual(names);
  expect((await titles()).out).toBe(before.out);
});

test("an export in JSON holds everything, warns, and is a file of 0600", async () => {
  const out = join(household.home, "export.json");
  const args = ["export", "--format", "json", "--out", out];
  const { code, err } = await household.asOwner(args);
  expect(code).toBe(exitCodes.done);
  expect(err).toContain("in plain text");
  expect(lstatSync(out).mode & 0o7777).toBe(0o600);
  const { vaults } = JSON.parse(readFileSync(out, "utf8"));
  const byName = (name: string) =>
    vaults.find((vault: { name: string }) => vault.name === name);
  expect(byName("Many").items.length).toBe(1_100);
  expect(byName("Private").items[0].fields).toMatchObject([
    { title: "password", type: "concealed", value: "hunter2" },
  ]);
  const files = byName("Private").items[0].files;
  expect(files[0].contentBase64 === large.toString("base64")).toBe(true);
  expect(files[1]).toMatchObject({ name: "k", contentBase64: "a2V5" });
  await household.asOwner([...args, "--force", "--no-files"]);
  expect(readFileSync(out, "utf8")).not.toContain("contentBase64");
  const again = await household.asOwner(args);
  expect(again.code).toBe(exitCodes.failed);
  expect(again.err).toContain("it exists");
});

test("an export in KDBX is sealed, and can be imported again", async () => {
  const out = join(household.home, "export.kdbx");
  const args = ["export", "--format", "kdbx", "--out", out];
  const { code, err } = await household.asOwner(args, "a file password\n");
  expect({ code, err }).toEqual({ code: exitCodes.done, err: "" });
  expect(lstatSync(out).mode & 0o7777).toBe(0o600);
  expect(readFileSync(out).includes("hunter2")).toBe(false);
  file = out;
  const back = ["import", "--from", "kdbx", out, "--vault", "Back"];
  const wrong = await household.asOwner(back, "not it\n");
  expect(wrong.err).toContain("the password is wrong");
  const done = await household.asOwner(back, "a file password\n");
  expect(done).toMatchObject({ code: exitCodes.done });
  const { out: list } = await household.asOwner([
    "item",
    "list",
    "Back",
    "--json",
  ]);
  expect(JSON.parse(list).length).toBeGreaterThan(1_100);
  const read = ["item", "file", "read"];
  const keyBack = [...read, "Back", "GitHub", "k"];
  const { id } = JSON.parse(list).find(
    (item: { title: string; tags: string[] }) =>
      item.title === "GitHub" && item.tags.includes("Private"),
  );
  keyBack[4] = id;
  expect((await household.asOwner(keyBack)).out).toBe("key");
});

test("what cannot be written is told before a password is asked for", async () => {
  for (const args of [
    ["export", "--format", "json", "--out", household.home],
    ["export", "--format", "json", "--out", join(household.home, "no", "x")],
  ]) {
    const { code, err } = await household.run(args);
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain("is not written");
  }
  const none = ["import", "--from", "env", join(household.home, "none")];
  expect((await household.run(none)).err).toContain("no such file");
});
