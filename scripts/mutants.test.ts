// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { mutants } from "../packages/sdk-node/conformance/mutants.ts";
import { mutatedFiles, packagesFolder } from "./source-mutation.ts";

// Of our broker: packages/broker/conformance; of the suite: packages/conformance/mutants.
test.each(mutants)("mutant $id fits our SDKs, once, and can be read", (one) => {
  for (const text of mutatedFiles(one).values()) {
    expect(() => stripTypeScriptTypes(text)).not.toThrow();
  }
});

test("every mutant of an SDK that the catalogue names is there once", () => {
  const catalogue = new URL(
    "conformance/catalogue/mutants.yaml",
    packagesFolder,
  );
  const named = [...readFileSync(catalogue, "utf8").matchAll(/id: (S\d+)/g)];
  expect(mutants.map(({ id }) => id).toSorted()).toEqual(
    named.map(([, id]) => id),
  );
});

test.each(["protocol", "sdk-browserless", "sdk-node", "conformance"])(
  "nothing that breaks anything is published with %s (TST-001)",
  (name) => {
    const folder = new URL(`${name}/`, packagesFolder);
    const packed: [{ files: { path: string }[] }] = JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
        cwd: folder,
        encoding: "utf8",
      }),
    );
    const paths = packed[0].files.map(({ path }) => path);
    expect(paths).toContain("package.json");
    for (const path of paths) {
      expect(path).not.toMatch(/^mutants|source-mutation|(^|\/)mutants\.[jt]s/);
      const text = readFileSync(new URL(path, folder), "utf8");
      expect(text).not.toMatch(/becomeMutant|registerHooks/);
      // What is not the suite does not know of mutants at all.
      if (name !== "conformance") expect(text).not.toMatch(/ASSENT_MUTANT/);
    }
  },
);
