// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "vitest";
import { applyEdits, mutatedFiles } from "../../../scripts/source-mutation.ts";
import { mutants } from "./mutants.ts";

test.each(mutants)(
  "mutant $id fits our source, once, and can be read",
  (one) => {
    for (const text of mutatedFiles(one).values()) {
      expect(() => stripTypeScriptTypes(text)).not.toThrow();
    }
  },
);

test("every mutant of a broker that the catalogue names is there once, but those that nothing can tell from our broker", () => {
  const catalogue = new URL(
    "../../conformance/catalogue/mutants.yaml",
    import.meta.url,
  );
  const named = [...readFileSync(catalogue, "utf8").matchAll(/id: (B\d+)/g)];
  // Of streams, which Request has none of; and the sender of bytes, which we do not check.
  const absent = ["B43", "B46", "B93"];
  expect(mutants.map(({ id }) => id).sort()).toEqual(
    named
      .map(([, id]) => id ?? "")
      .filter((id) => !absent.includes(id))
      .sort(),
  );
});

test("an edit that does not fit exactly once is refused", () => {
  const edit = { file: "a.ts", find: "x", replace: "y" };
  expect(applyEdits("a x b", [edit])).toBe("a y b");
  expect(() => applyEdits("a b", [edit])).toThrow(/0 times/);
  expect(() => applyEdits("x x", [edit])).toThrow(/2 times/);
});

test("nothing that breaks or steers our broker is published (TST-001)", () => {
  const folder = new URL("..", import.meta.url);
  const packed: [{ files: { path: string }[] }] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: folder,
      encoding: "utf8",
    }),
  );
  const paths = packed[0].files.map(({ path }) => path);
  expect(paths).toContain("dist/broker.js");
  for (const path of paths) {
    expect(path).not.toMatch(/conformance|mutat/);
    const text = readFileSync(new URL(path, folder), "utf8");
    expect(text).not.toMatch(/ASSENT_MUTANT|registerHooks|ControlService/);
  }
});
