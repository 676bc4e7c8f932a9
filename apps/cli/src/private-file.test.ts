// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testIo } from "../test/test-io.ts";
import { exitCodes } from "./exit.ts";
import { checkPrivateFile, writePrivateFile } from "./private-file.ts";

let folder: string;
let file: string;
const secret = new TextEncoder().encode("hunter2");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assent-private-"));
  file = join(folder, "secret");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path = file, force = false) =>
  writePrivateFile(testIo(), path, secret, { force });

function refusal(path: string, force = false): string {
  try {
    write(path, force);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: exitCodes.failed });
    return (error as Error).message;
  }
  throw new Error("it was written");
}

test("writes what only this user can read, whatever the umask, and nothing else", () => {
  for (const umask of [0, 0o777]) {
    const before = process.umask(umask);
    try {
      write(file, true);
    } finally {
      process.umask(before);
    }
    expect(readFileSync(file, "utf8")).toBe("hunter2");
    expect(lstatSync(file).mode & 0o7777).toBe(0o600);
  }
  expect(readdirSync(folder)).toEqual(["secret"]);
});

test("leaves a file that exists as it is, unless forced; then it is a new one", () => {
  writeFileSync(file, "old", { mode: 0o644 });
  const before = lstatSync(file).ino;
  expect(refusal(file)).toContain("it exists");
  expect(readFileSync(file, "utf8")).toBe("old");
  write(file, true);
  expect(readFileSync(file, "utf8")).toBe("hunter2");
  expect(lstatSync(file).mode & 0o7777).toBe(0o600);
  expect(lstatSync(file).ino).not.toBe(before);
});

test("never writes through a link: forced, the link itself is replaced", () => {
  const target = join(folder, "target");
  writeFileSync(target, "old");
  for (const to of [target, join(folder, "nowhere")]) {
    symlinkSync(to, file);
    expect(refusal(file)).toContain("a link is there");
    expect(readlinkSync(file)).toBe(to);
    write(file, true);
    expect(lstatSync(file).isFile()).toBe(true);
    rmSync(file);
  }
  expect(readFileSync(target, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["target"]);
});

test("what is no plain file is never replaced, forced or not", () => {
  mkdirSync(file);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const path of [file, pipe, "/dev/null"]) {
    for (const force of [false, true]) {
      expect(refusal(path, force)).toContain("no plain file");
    }
  }
});

test("says what is wrong with the place, and leaves nothing behind", () => {
  writeFileSync(join(folder, "plain"), "");
  expect(refusal(join(folder, "none", "secret"))).toContain("no such folder");
  expect(refusal(join(folder, "plain", "secret"))).toContain("folder is none");
  expect(refusal(join(folder, "x".repeat(256)))).toContain("too long");
  expect(refusal("/proc/secret")).toMatch(/not written: /);
  expect(readdirSync(folder)).toEqual(["plain"]);
});

test("is checked before anybody is asked", () => {
  checkPrivateFile(file);
  writeFileSync(file, "old");
  expect(() => checkPrivateFile(file)).toThrow("it exists");
  expect(() => checkPrivateFile(file, { force: true })).not.toThrow();
  expect(readdirSync(folder)).toEqual(["secret"]);
});

test("what comes to be there meanwhile is left alone", () => {
  const io = testIo();
  const late = {
    ...io,
    interruptSignal() {
      writeFileSync(file, "theirs");
      return io.interruptSignal();
    },
  };
  expect(() => writePrivateFile(late, file, secret)).toThrow("it exists");
  expect(readFileSync(file, "utf8")).toBe("theirs");
  expect(readdirSync(folder)).toEqual(["secret"]);
});

test("an interrupt does not end the command between draft and file", () => {
  let isAsked = false;
  const io = testIo();
  writePrivateFile(
    {
      ...io,
      interruptSignal() {
        isAsked = true;
        expect(readdirSync(folder)).toEqual([]);
        return io.interruptSignal();
      },
    },
    file,
    secret,
  );
  expect(isAsked).toBe(true);
});
