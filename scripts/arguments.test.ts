// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const scripts = ["scripts", "bench"]
  .flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  )
  .filter((file) => file.endsWith(".mjs"))
  .filter((file) => /import .*\bparseArgs\b|readArguments\(/.test(text(file)))
  .filter((file) => !file.endsWith("arguments.mjs"));

function text(file: string): string {
  return readFileSync(file, "utf8");
}

function run(file: string, ...args: string[]) {
  return spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
}

test("there are scripts with options", () => {
  expect(scripts.length).toBeGreaterThan(5);
});

for (const file of scripts) {
  const name = file.slice(root.length + 1);
  test(`${name} tells how it is used, and takes nothing else`, () => {
    const help = run(file, "--help");
    expect(help.stdout).toMatch(/npm run \w+ \[-- /);
    expect(help.status).toBe(0);
    const wrong = run(file, "--nonsense");
    expect(wrong.status).toBe(2);
    expect(wrong.stdout).toBe("");
    expect(wrong.stderr).toContain("--nonsense");
    expect(wrong.stderr).not.toContain("    at ");
  });
}
