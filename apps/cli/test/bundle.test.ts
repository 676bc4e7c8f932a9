// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..");
const dist = join(folder, "dist");
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

test("the bundle is the program of the sources", async () => {
  const help = async (main: string) =>
    (await promisify(execFile)(process.execPath, [main, "help"])).stdout;
  expect(await help(join(dist, "assent.js"))).toBe(
    await help(join(folder, "src", "main.ts")),
  );
});

test("the bundle is packed with the licenses of what was put into it", () => {
  expect(manifest.files).toEqual(["dist/assent*"]);
  const notices = readFileSync(join(dist, "assent-notices.txt"), "utf8");
  for (const name of [
    "@bufbuild/protobuf",
    "@connectrpc/connect",
    "commander",
    "csv-parse",
    "sax",
    "yauzl",
  ]) {
    expect(notices).toMatch(new RegExp(`^${name} [0-9.]+, \\S`, "m"));
  }
  expect(notices).not.toContain("@assent/");
});
