// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { endProcesses } from "./daemon.ts";
import { type Household, startHousehold } from "./household.ts";

let household: Household;
let template: string;

beforeAll(async () => {
  household = await startHousehold();
  template = join(household.home, "config.tpl");
  await household.store("Dev", "Git Hub", {
    token: "hunter2",
    key: new Uint8Array([0xff, 0x00, 0x0a]),
  });
});
afterAll(async () => {
  await household?.[Symbol.asyncDispose]();
  endProcesses();
});
beforeEach(() => {
  household.answer = () => true;
});

const text = "token: {{ assent://Dev/Git Hub/token }}\n";

test("fills in a file into a file of 0600, after one prompt that names both and the references (T45)", async () => {
  const out = join(household.home, "config");
  writeFileSync(
    template,
    `${text}again: {{ assent://Dev/Git Hub/token }}\nkey: {{ op://Dev/Git Hub/key }}`,
  );
  const asked = household.prompts.length;
  const ended = await household.run(["inject", "-i", template, "-o", out]);
  expect(ended).toMatchObject({ code: exitCodes.done, out: "" });
  expect(readFileSync(out, "latin1")).toBe(
    "token: hunter2\nagain: hunter2\nkey: \xff\0\n",
  );
  expect(lstatSync(out).mode & 0o7777).toBe(0o600);
  expect(household.prompts.length).toBe(asked + 1);
  const body = household.prompts.at(-1)?.body;
  expect(body?.claims?.purpose).toBe(`fill in ${template}, into ${out}`);
  expect(body?.scope?.extent.value).toMatchObject({
    references: ["assent://Dev/Git Hub/token", "op://Dev/Git Hub/key"],
  });
  const again = await household.run(["inject", "-i", template, "-o", out]);
  expect(again.code).toBe(exitCodes.failed);
  expect(household.prompts.length).toBe(asked + 1);
  const forced = ["inject", "--in-file", template, "--out-file", out, "-f"];
  expect((await household.run(forced)).code).toBe(exitCodes.done);
});

test("takes the input and gives the output where no file is named", async () => {
  const { code, out } = await household.run(["inject"], { stdin: text });
  expect({ code, out }).toEqual({ code: 0, out: "token: hunter2\n" });
});

test("without references nobody is asked", async () => {
  const asked = household.prompts.length;
  const stdin = "{{ .Values.token }}\n";
  const { code, out } = await household.run(["inject"], { stdin });
  expect({ code, out }).toEqual({ code: 0, out: stdin });
  expect(household.prompts.length).toBe(asked);
});

test("nothing is written when a reference is not closed, has no value, or is denied", async () => {
  const out = join(household.home, "none");
  const fails = async (content: string, code: number, why: string) => {
    writeFileSync(template, content);
    const args = ["inject", "-i", template, "-o", out];
    const ended = await household.run(args);
    expect(ended).toMatchObject({ code, out: "" });
    expect(ended.err).toContain(why);
    expect(lstatSync(out, { throwIfNoEntry: false })).toBeUndefined();
  };
  const asked = household.prompts.length;
  await fails(`${text}{{ assent://a/b/c`, 2, "config.tpl, line 2: ");
  await fails(`${text}{{ assent://a }}`, 2, "no secret reference");
  expect(household.prompts.length).toBe(asked);
  const missing = `${text}{{ assent://Dev/Git Hub/none }}`;
  await fails(missing, exitCodes.notFound, "assent://Dev/Git Hub/none");
  household.answer = () => false;
  await fails(text, exitCodes.notApproved, "You denied it");
});

test("a template that cannot be read is told", async () => {
  for (const [path, why] of [
    [join(household.home, "nowhere"), "no such file"],
    [household.home, "a folder"],
    ["/dev/zero", "larger than 16 MiB"],
  ]) {
    const ended = await household.run(["inject", "-i", path ?? ""]);
    expect(ended).toMatchObject({ code: exitCodes.failed, out: "" });
    expect(ended.err).toContain(why);
  }
});
