// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { canary } from "../test/scripted-broker.ts";

const at = (path: string) => new URL(path, import.meta.url);

test("the README's program reads a secret", async () => {
  const blocks = readFileSync(at("../README.md"), "utf8").matchAll(
    /^```js\n(.*?)^```$/gms,
  );
  const [block, more] = [...blocks];
  assert.is(more, undefined);
  const program = `${block?.[1]}
    import { createScriptedBroker } from "${at("../test/scripted-broker.ts")}";
    export const told = await readToken(createScriptedBroker().fetch);`;
  // Inside the package, whose own name it imports.
  const folder = mkdtempSync(fileURLToPath(at("../.readme-")));
  try {
    const file = join(folder, "program.mjs");
    writeFileSync(file, program);
    const { told } = await import(pathToFileURL(file).href);
    assert.is(told, canary);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
