// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createClient } from "@assent/sdk-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { endProcesses } from "./daemon.ts";
import { type Household, startHousehold } from "./household.ts";

let household: Household;
const reference = "assent://Dev/GitHub/token";
const key = new Uint8Array([0, 0xff, 0x0a, 0x0d, 0x80]);

beforeAll(async () => {
  household = await startHousehold();
  await household.store("Dev", "GitHub", { token: "hunter2", key });
});
afterAll(async () => {
  await household?.[Symbol.asyncDispose]();
  endProcesses();
});

test("a value goes to the output with a newline, or without", async () => {
  const value = async (...options: string[]) =>
    (await household.run(["read", reference, ...options])).out;
  expect(await value()).toBe("hunter2\n");
  expect(await value("--newline")).toBe("hunter2\n");
  expect(await value("-n")).toBe("hunter2");
});

test("--out writes the value as it is, to a file of 0600, and nothing to the output", async () => {
  const file = join(household.home, "key");
  const { code, out, err } = await household.run([
    "read",
    "assent://Dev/GitHub/key",
    "--out",
    file,
  ]);
  expect({ code, out, err }).toMatchObject({ code: exitCodes.done, out: "" });
  expect(new Uint8Array(readFileSync(file))).toEqual(key);
  expect(lstatSync(file).mode & 0o7777).toBe(0o600);
  // As the field's other command line calls it.
  const other = join(household.home, "token");
  await household.run(["read", reference, "--out-file", other, "--newline"]);
  expect(readFileSync(other, "utf8")).toBe("hunter2\n");
});

test("a file that cannot be written is told before anybody is asked", async () => {
  const file = join(household.home, "present");
  writeFileSync(file, "old");
  const asked = household.prompts.length;
  const { code, err } = await household.run(["read", reference, "-o", file]);
  expect(code).toBe(exitCodes.failed);
  expect(err).toContain("--force");
  expect(household.prompts.length).toBe(asked);
  expect(readFileSync(file, "utf8")).toBe("old");
  const forced = ["read", reference, "-o", file, "--force"];
  expect((await household.run(forced)).code).toBe(exitCodes.done);
  expect(readFileSync(file, "utf8")).toBe("hunter2");
});

test("what is denied or missing leaves no file", async () => {
  const file = join(household.home, "none");
  household.answer = () => false;
  const denied = await household.run(["read", reference, "-o", file]);
  expect(denied.code).toBe(exitCodes.notApproved);
  household.answer = () => true;
  const missing = ["read", "assent://Dev/GitHub/none", "-o", file];
  const { code, err } = await household.run(missing);
  expect({ code, err }).toMatchObject({ code: exitCodes.notFound });
  expect(err).toContain("assent://Dev/GitHub/none: nothing of that name");
  expect(lstatSync(file, { throwIfNoEntry: false })).toBeUndefined();
});

test("access ends with the one value: the next read asks again (T45)", async () => {
  const asked = household.prompts.length;
  await household.run(["read", reference]);
  await household.run(["read", reference]);
  expect(household.prompts.length).toBe(asked + 2);
  const sessions = await household.asOwner(["sessions"]);
  expect(sessions.out).toBe("No program has access.\n");
});

test("a file is attached, listed, read as it is, replaced and removed", async () => {
  const content = randomBytes(4_000_000);
  const path = join(household.home, "deploy.bin");
  writeFileSync(path, content);
  const words = (verb: string, ...rest: string[]) => [
    "item",
    "file",
    verb,
    "Dev",
    "GitHub",
    ...rest,
  ];
  const run = (verb: string, ...rest: string[]) =>
    household.asOwner(words(verb, ...rest));
  const attached = await run("attach", path);
  expect(attached).toMatchObject({ code: exitCodes.done, err: "" });
  expect(attached.out).toBe("deploy.bin (3.8 MiB) is stored in GitHub.\n");
  const [file] = JSON.parse((await run("list", "--json")).out);
  expect(file).toMatchObject({ name: "deploy.bin", size: content.length });
  expect((await run("list")).out).toContain("deploy.bin  3.8 MiB");

  const out = join(household.home, "read.bin");
  const read = ["deploy.bin", "--out", out];
  expect(await run("read", ...read)).toMatchObject({ code: 0, out: "" });
  expect(readFileSync(out).equals(content)).toBe(true);
  expect(lstatSync(out).mode & 0o777).toBe(0o600);
  expect((await run("read", ...read)).err).toContain("it exists");

  // Larger than a secret may be; a small one is one.
  const large = ["read", "assent://Dev/GitHub/deploy.bin"];
  expect((await household.run(large)).err).toContain("read it as a file");
  const again = await run("attach", path, "--replace", "--name", "none");
  expect(again.code).toBe(exitCodes.notFound);
  writeFileSync(path, "small\n");
  expect((await run("attach", path)).err).toContain("already");
  expect((await run("attach", path, "--replace")).code).toBe(exitCodes.done);
  expect((await run("read", file.id)).out).toBe("small\n");
  const byName = ["read", "-n", "assent://Dev/GitHub/deploy.bin"];
  const secret = await household.run(byName);
  expect(secret.out).toBe("small\n");

  const shown = await household.asOwner(["item", "show", "Dev", "GitHub"]);
  expect(shown.out).toContain("deploy.bin");
  expect((await run("remove", "deploy.bin")).out).toBe(
    "deploy.bin is gone. GitHub has 0 files.\n",
  );
  const gone = await run("read", "deploy.bin", "--out", `${out}2`);
  expect(gone.code).toBe(exitCodes.notFound);
  expect(existsSync(`${out}2`)).toBe(false);
});

test("a file that cannot be stored is told before a password is asked for", async () => {
  const large = join(household.home, "large");
  writeFileSync(large, "");
  truncateSync(large, 4 * 1024 ** 3);
  for (const [path, why] of [
    [large, "it is larger than 32 MiB"],
    [household.home, "it is a folder"],
    [join(household.home, "nowhere"), "there is no such file"],
  ] as const) {
    const words = ["item", "file", "attach", "Dev", "GitHub", path];
    const { code, err } = await household.run(words);
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain(why);
  }
});

test("a program attaches, reads, replaces and deletes files by the SDK", async () => {
  const endpoint = join(household.home, "run", "broker.sock");
  await using client = createClient({
    endpoint,
    account: "Personal",
    scope: { vaults: ["Dev"], access: "read-write" },
  });
  // The commands before were this very process, and gave their access up.
  await client.authorize();
  const vault = (await client.vaults.list()).find((one) => one.name === "Dev");
  const vaultId = vault?.id ?? "";
  const content = randomBytes(7_000_000);
  const created = await client.items.create({ vaultId, title: "Files" });
  const { files } = client.items;
  const attached = await files.attach(created, { name: "big", content });
  const [file] = attached.files;
  if (file === undefined) throw new Error("it is not there");
  const whole = await files.read(vaultId, created.id, file);
  expect(content.equals(whole)).toBe(true);
  const parts: Uint8Array[] = [];
  for await (const part of files.stream(vaultId, created.id, file)) {
    parts.push(part);
  }
  expect(parts.length).toBe(7);
  expect(content.equals(Buffer.concat(parts))).toBe(true);
  await expect(
    files.attach(created, { name: "late", content }),
  ).rejects.toMatchObject({ code: "conflict" });
  const replaced = await files.replace(attached, file, { content: "small" });
  expect(replaced.files).toMatchObject([{ name: "big", size: 5 }]);
  const secret = "assent://Dev/Files/big";
  expect(await client.secrets.resolve(secret)).toBe("small");
  expect((await files.delete(replaced, file)).files).toEqual([]);
  await client.revoke();
});
