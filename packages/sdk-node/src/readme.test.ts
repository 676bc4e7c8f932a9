// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Reason, ReferenceFailure } from "@assent/protocol";
import { Code } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runProgram } from "../test/program.ts";
import {
  canary,
  grant,
  reference,
  refusal,
  resolveAll,
  startBroker,
} from "../test/scripted-broker.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const cwd = file("..");
const digest = createHash("sha256").update(canary).digest("hex");

/** The JavaScript of the README, to be run as it stands. */
function readmeProgram(): string {
  const blocks = readFileSync(file("../README.md"), "utf8").matchAll(
    /^```js\n(.*?)^```$/gms,
  );
  const [block, more] = [...blocks];
  if (block?.[1] === undefined || more !== undefined) {
    throw new Error("the README has one block of JavaScript");
  }
  return block[1];
}

test("the README's program reads a secret", async () => {
  await using broker = await startBroker();
  const env = { ASSENT_ENDPOINT: broker.path };
  const ended = await runProgram(readmeProgram(), { cwd, env });
  assert.is(ended.stderr, "");
  assert.is(ended.stdout.trim(), `got a token of ${canary.length} characters`);
  assert.is(ended.code, 0);
  const [, asked] = broker.seen;
  if (asked?.rpc !== "authorize") throw new Error("no Authorize");
  const { integration, scope } = asked.message;
  assert.is(integration?.name, "release-notes");
  assert.is(scope?.extent.case, "references");
});

test("the README's program says what to do after a no", async () => {
  await using broker = await startBroker();
  broker.authorize = () => {
    throw refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);
  };
  const env = { ASSENT_ENDPOINT: broker.path };
  const ended = await runProgram(readmeProgram(), { cwd, env });
  assert.match(ended.stderr, /The user said no/);
  assert.is(ended.code, 1);
});

const examples = file("../../../examples/");
const run = (name: string, endpoint: string, ...args: string[]) =>
  runProgram([`${examples}${name}`, ...args], {
    env: { ASSENT_ENDPOINT: endpoint },
  });

test("examples/resolve.mjs tells length and digest, and the value when asked", async () => {
  await using broker = await startBroker();
  broker.authorize = ({ account }) => {
    assert.is(account, "");
    return grant();
  };
  const told = await run("resolve.mjs", broker.path, reference);
  assert.is(told.stdout, `got ${canary.length} bytes, sha256 ${digest}\n`);
  assert.is(told.code, 0);
  const shown = await run("resolve.mjs", broker.path, reference, "--show");
  assert.is(shown.stdout, `${canary}\n`);
});

test("examples/resolve.mjs ends with a code when it is denied or misused", async () => {
  await using broker = await startBroker();
  broker.authorize = () => {
    throw refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);
  };
  const denied = await run("resolve.mjs", broker.path, reference);
  assert.match(denied.stderr, /^prompt-denied: /);
  assert.is(denied.code, 1);
  const wrong = await run("resolve.mjs", broker.path, canary);
  assert.match(wrong.stderr, /^invalid: /);
  assert.not(wrong.stderr.includes(canary));
  const misused = await run("resolve.mjs", broker.path);
  assert.match(misused.stderr, /^usage: /);
  assert.is(misused.code, 2);
});

test("examples/resolve-all.mjs tells each outcome and no value", async () => {
  await using broker = await startBroker();
  broker.request = (message) => {
    const result = resolveAll(message);
    if (result.case !== "resolvedSecrets") return result;
    const [, second] = result.value.secrets;
    const value = ReferenceFailure.FIELD_NOT_FOUND;
    if (second) second.outcome = { case: "failure", value };
    return result;
  };
  const other = "assent://Dev/GitHub/missing";
  const ended = await run("resolve-all.mjs", broker.path, reference, other);
  assert.is(
    ended.stdout,
    `${reference}: [secret], ${canary.length} bytes\n` +
      `not-found: ${other}: the item has no such field; check its name, or use its id\n`,
  );
  assert.is(ended.code, 1);
  assert.is((await run("resolve-all.mjs", broker.path)).code, 2);
});

test.run();
