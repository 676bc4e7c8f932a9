// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActivityError } from "./activity.ts";
import { ensurePrivateFile } from "./private-file.ts";

let directory = "";
let path = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-private-"));
  path = join(directory, "log.db");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function failure(): unknown {
  try {
    ensurePrivateFile(path);
    return "none";
  } catch (error) {
    return error instanceof ActivityError ? error.failure : error;
  }
}

describe("ensurePrivateFile", () => {
  it("makes a file that the user alone can read", () => {
    expect(failure()).toBe("none");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("leaves a file of its own as it is", () => {
    writeFileSync(path, "content", { mode: 0o600 });
    expect(failure()).toBe("none");
    expect(readFileSync(path, "utf8")).toBe("content");
  });

  it("refuses a link, and makes nothing at its end (T37)", () => {
    const end = join(directory, "end");
    symlinkSync(end, path);
    expect(failure()).toBe("unsafe");
    expect(existsSync(end)).toBe(false);
  });

  it("refuses a file with a second name", () => {
    writeFileSync(path, "", { mode: 0o600 });
    linkSync(path, join(directory, "other"));
    expect(failure()).toBe("unsafe");
  });

  it("refuses a file that others can read", () => {
    writeFileSync(path, "", { mode: 0o600 });
    chmodSync(path, 0o640);
    expect(failure()).toBe("unsafe");
  });

  it("refuses a directory", () => {
    mkdirSync(path);
    expect(failure()).toBe("unsafe");
  });

  it.each(["-wal", "-shm", "-journal"])(
    "refuses a link where SQLite keeps %s",
    (suffix) => {
      symlinkSync(join(directory, "end"), path + suffix);
      expect(failure()).toBe("unsafe");
    },
  );
});
