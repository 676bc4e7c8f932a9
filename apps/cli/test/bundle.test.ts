// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

const textOf = (file: string) => readFileSync(join(dist, file), "utf8");
const files = readdirSync(dist).filter((name) => /^assent.*\.js$/.test(name));

/** A file of the bundle, and all that is loaded with it. */
function loadedWith(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, name = ""] of textOf(file).matchAll(
    /(?:^|[;}])(?:import|export)\b[^;"]*"\.\/([^"]+)"/g,
  )) {
    loadedWith(name, known);
  }
  return known;
}

test("to read a secret, nothing is loaded that only the owner's commands need", () => {
  const speaksForOwner = (command: string) => {
    const start = files.find((name) => name.startsWith(`assent-${command}-`));
    const loaded = [...loadedWith(start ?? "no such command")].map(textOf);
    expect(loaded.length).toBeGreaterThan(3);
    return loaded.some((text) => text.includes("new Http2SessionManager("));
  };
  expect(speaksForOwner("status")).toBe(true);
  for (const command of ["read", "run", "inject"]) {
    expect(speaksForOwner(command), command).toBe(false);
  }
});

test("no module of Node is read as a whole", () => {
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    expect(textOf(file)).not.toMatch(/(?:^|[;}])import\b[^;(]*["`]node:/);
  }
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
