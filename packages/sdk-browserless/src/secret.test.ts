// SPDX-License-Identifier: Apache-2.0
import { format, inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AssentError } from "./error.ts";
import { Secret } from "./secret.ts";

const canary = "canary-1c9e-secret";

test("gives its value when asked, whole and as a copy", () => {
  const source = new TextEncoder().encode(`\uFEFF${canary}`);
  const secret = new Secret(source);
  source.fill(0);
  assert.is(secret.reveal(), `\uFEFF${canary}`);
  secret.bytes().fill(0);
  assert.is(secret.reveal(), `\uFEFF${canary}`);
  assert.is(secret.size, canary.length + 3);
});

test("does not show itself (SDK-007)", () => {
  const secret = new Secret(canary);
  const shown = [
    `${secret}`,
    String([secret]),
    inspect(secret, { showHidden: true, depth: null, getters: true }),
    format("%s %o %O %j", secret, secret, secret, secret),
    JSON.stringify({ secret, list: [secret] }),
    Object.entries(secret).join(),
    Object.getOwnPropertyNames(secret).join(),
    inspect(structuredClone(secret)),
    inspect({ ...secret }),
  ].join("\n");
  const bytes = [...new TextEncoder().encode(canary)].slice(0, 4).join(", ");
  assert.not(shown.includes(canary), shown);
  assert.not(shown.includes(bytes), shown);
  assert.is(JSON.stringify({ secret }), "{}");
});

test("is overwritten when it is disposed of", () => {
  const secret = new Secret(canary);
  {
    using _ = secret;
  }
  assert.equal(secret.bytes(), new Uint8Array(canary.length));
});

test("is no text when it is not UTF-8", () => {
  const secret = new Secret(Uint8Array.of(0xff, 0xfe));
  assert.throws(
    () => secret.reveal(),
    (error: unknown) =>
      error instanceof AssentError && error.code === "not-text",
  );
  assert.equal(secret.bytes(), Uint8Array.of(0xff, 0xfe));
});

test.run();
