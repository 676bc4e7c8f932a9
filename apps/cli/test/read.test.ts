// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
