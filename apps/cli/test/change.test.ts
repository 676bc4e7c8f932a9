// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { type Daemon, endProcesses, startDaemon } from "./daemon.ts";
import { assent, type Outcome } from "./test-io.ts";

const password = "correct horse battery staple";
let daemon: Daemon;

// The tests of this file tell one story, in order, with one broker.
beforeAll(async () => {
  daemon = await startDaemon();
  await asOwner(["account", "create", "Personal"]);
  await asOwner(["vault", "create", "Dev"]);
});

afterAll(async () => {
  await daemon?.[Symbol.asyncDispose]();
  endProcesses();
});

// With the password on the first line of the input, and what else there is.
function asOwner(args: string[], input = ""): Promise<Outcome> {
  return assent([...args, "--home", daemon.home, "--password-stdin"], {
    stdin: `${password}\n${input}`,
  });
}

test("a vault gets another name and description, and keeps its items", async () => {
  const edit = ["vault", "edit", "Ops", "--name", "Servers"];
  await asOwner(["vault", "create", "Ops", "--description", "old"]);
  expect((await asOwner(["vault", "edit", "Ops"])).code).toBe(exitCodes.usage);
  const changed = await asOwner([...edit, "--description", "What they need"]);
  expect(changed).toMatchObject({ code: exitCodes.done, err: "" });
  expect((await asOwner(["vault", "list"])).out).toMatch(
    /^Servers +0 items +[a-z2-7]{26} +What they need$/m,
  );
  expect((await asOwner(edit)).code).toBe(exitCodes.notFound);
  // The name alone: the description stays.
  await asOwner(["vault", "edit", "Servers", "--name", "Ops"]);
  expect((await asOwner(["vault", "list"])).out).toContain("What they need");
});

test("an item moves into another vault with its id, its fields and its files", async () => {
  const item = ["item", "create", "Dev", "Moving", "--field", "pin"];
  await asOwner([...item, "--notes"], "1234\nsome\nnotes\n");
  const path = join(daemon.home, "moving.txt");
  writeFileSync(path, "content\n");
  await asOwner(["item", "file", "attach", "Dev", "Moving", path]);
  const idOf = async (vault: string) => {
    const list = await asOwner(["item", "list", vault, "--json"]);
    return JSON.parse(list.out).find(
      (each: { title: string }) => each.title === "Moving",
    )?.id;
  };
  const id = await idOf("Dev");
  const move = ["item", "move", "Dev", "Moving"];
  expect((await asOwner([...move, "None"])).code).toBe(exitCodes.notFound);
  expect((await asOwner([...move, "Dev"])).code).toBe(exitCodes.usage);
  const moved = await asOwner([...move, "Ops"]);
  expect(moved).toMatchObject({ code: exitCodes.done, err: "" });
  expect(await idOf("Dev")).toBeUndefined();
  expect(await idOf("Ops")).toBe(id);
  const show = ["item", "show", "Ops", "Moving"];
  expect((await asOwner([...show, "--field", "pin"])).out).toBe("1234\n");
  const whole = JSON.parse(
    (await asOwner([...show, "--reveal", "--json"])).out,
  );
  expect(whole.notes).toBe("some\nnotes");
  const file = ["item", "file", "read", "Ops", "Moving", "moving.txt"];
  expect((await asOwner(file)).out).toBe("content\n");
});

test("a new password is made for a concealed field, and shown to nobody", async () => {
  const create = ["item", "create", "Ops", "Made", "--field"];
  const made = await asOwner([...create, "password", "--generate", "40"]);
  expect(made).toMatchObject({ code: exitCodes.done, err: "" });
  const show = ["item", "show", "Ops", "Made", "--field", "password"];
  const first = (await asOwner(show)).out.trim();
  expect(first).toMatch(/^[!-~]{40}$/);
  expect(made.out).not.toContain(first);
  const edit = ["item", "edit", "Ops", "Made", "--field"];
  await asOwner([...edit, "password", "--generate"]);
  expect((await asOwner(show)).out.trim()).toMatch(/^[!-~]{24}$/);
  for (const wrong of [
    ["user:text", "--generate"],
    ["password", "--generate", "3"],
    ["password", "--generate", "many"],
    ["password", "--generate", "--stdin"],
  ]) {
    const { code } = await asOwner([...edit, ...wrong]);
    expect(code, wrong.join(" ")).toBe(exitCodes.usage);
  }
  const unnamed = ["item", "create", "Ops", "Other", "--generate"];
  expect((await asOwner(unnamed)).code).toBe(exitCodes.usage);
});

test("addresses and labels take the place of those that were there", async () => {
  const edit = ["item", "edit", "Ops", "Made"];
  const given = ["--url", "https://a.example", "--tag", "one", "--tag", "two"];
  expect((await asOwner([...edit, ...given])).code).toBe(exitCodes.done);
  await asOwner([...edit, "--tag", "three"]);
  const shown = JSON.parse(
    (await asOwner(["item", "show", "Ops", "Made", "--json"])).out,
  );
  expect(shown).toMatchObject({ urls: ["https://a.example"], tags: ["three"] });
});

test("titles are listed by category and by labels", async () => {
  const listed = async (...options: string[]) => {
    const list = ["item", "list", "Ops", "--json", ...options];
    return JSON.parse((await asOwner(list)).out).map(
      (each: { title: string }) => each.title,
    );
  };
  await asOwner(["item", "create", "Ops", "Host", "--category", "server"]);
  await asOwner([
    "item",
    "edit",
    "Ops",
    "Host",
    "--tag",
    "three",
    "--tag",
    "a",
  ]);
  expect(await listed("--category", "server")).toEqual(["Host"]);
  expect(await listed("--tag", "three")).toEqual(["Host", "Made"]);
  expect(await listed("--tag", "three", "--tag", "a")).toEqual(["Host"]);
  expect(await listed("--tag", "three", "--category", "login")).toEqual([
    "Made",
  ]);
  const wrong = await asOwner(["item", "list", "Ops", "--category", "nothing"]);
  expect(wrong.code).toBe(exitCodes.usage);
});
