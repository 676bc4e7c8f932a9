// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { canary } from "../test/scripted-broker.ts";

const at = (path: string) => new URL(path, import.meta.url);

test("the README's program reads a secret", () => {
  const blocks = readFileSync(at("../README.md"), "utf8").matchAll(
    /^```js\n(.*?)^```$/gms,
  );
  const [block, more] = [...blocks];
  assert.is(more, undefined);
  const program = `${block?.[1]}
    import { createScriptedBroker } from "${at("../test/scripted-broker.ts")}";
    console.log(await readToken(createScriptedBroker().fetch));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", program],
    { cwd: fileURLToPath(at("..")), encoding: "utf8" },
  );
  assert.is(stderr, "");
  assert.is(stdout.trim(), canary);
});

test.run();
