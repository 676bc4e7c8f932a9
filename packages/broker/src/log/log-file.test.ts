// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LogFile, LogFileError, openLogFile } from "./log-file.ts";

let folder: string;
let path: string;
let opened: LogFile[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assent-log-"));
  path = join(folder, "log");
});
afterEach(() => {
  for (const one of opened) one.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

function open(maxBytes = 100, kept = 2): LogFile {
  const lostLine = (count: number) => `lost ${count}\n`;
  const file = openLogFile({ path, maxBytes, kept, lostLine });
  opened.push(file);
  return file;
}
const line = (n: number) => `${String(n).padStart(29, "0")}\n`;
const text = (name = "log") => readFileSync(join(folder, name), "utf8");

describe("a log file", () => {
  it("is for its user alone, whatever the umask, and goes on where it ended", () => {
    const before = process.umask(0);
    try {
      open().write(line(1));
    } finally {
      process.umask(before);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    open().write(line(2));
    expect(text()).toBe(line(1) + line(2));
  });

  it("never grows beyond its size, and keeps so many before it", () => {
    const file = open();
    for (let n = 1; n <= 12; n += 1) {
      file.write(line(n));
      expect(statSync(path).size).toBeLessThanOrEqual(100);
    }
    expect(readdirSync(folder).sort()).toEqual(["log", "log.1", "log.2"]);
    expect(text("log.2") + text("log.1") + text()).toBe(
      [4, 5, 6, 7, 8, 9, 10, 11, 12].map(line).join(""),
    );
    expect(statSync(join(folder, "log.1")).mode & 0o777).toBe(0o600);
  });

  it("counts what was in it before towards its size", () => {
    for (let n = 1; n <= 5; n += 1) {
      const file = open();
      file.write(line(n));
      file.close();
    }
    expect(text("log.1")).toBe([1, 2, 3].map(line).join(""));
    expect(text()).toBe([4, 5].map(line).join(""));
  });

  it("that cannot be rotated loses lines and fills no disk", () => {
    const file = open(90);
    mkdirSync(join(folder, "log.2"));
    writeFileSync(join(folder, "log.2", "mine"), "");
    for (let n = 1; n <= 9; n += 1) file.write(line(n));
    expect(text()).toBe([1, 2, 3].map(line).join(""));
    rmSync(join(folder, "log.2"), { recursive: true });
    file.write(line(10));
    expect(text()).toBe(`lost 6\n${line(10)}`);
  });

  it("is opened anew when it was moved away", () => {
    const file = open();
    file.write(line(1));
    renameSync(path, join(folder, "away"));
    file.write(line(2));
    file.reopen();
    file.write(line(3));
    expect(text("away")).toBe(line(1) + line(2));
    expect(text()).toBe(line(3));
  });

  it("that cannot be opened anew goes on as before", () => {
    const file = open();
    renameSync(path, join(folder, "away"));
    mkdirSync(path);
    expect(() => file.reopen()).toThrow(LogFileError);
    file.write(line(1));
    expect(text("away")).toBe(line(1));
  });

  it.each([
    ["a link", () => symlinkSync("elsewhere", path)],
    ["a directory", () => mkdirSync(path)],
    [
      "a second name of a file",
      () => {
        writeFileSync(join(folder, "other"), "", { mode: 0o600 });
        linkSync(join(folder, "other"), path);
      },
    ],
    [
      "open to others",
      () => {
        writeFileSync(path, "");
        chmodSync(path, 0o640);
      },
    ],
  ])("is refused when it is %s, and nothing is changed", (_what, make) => {
    make();
    const before = readdirSync(folder);
    expect(() => open()).toThrow(LogFileError);
    expect(readdirSync(folder)).toEqual(before);
  });
});
