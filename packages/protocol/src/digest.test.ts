// SPDX-License-Identifier: Apache-2.0
import { test } from "uvu";
import * as assert from "uvu/assert";
import { promptDigest, promptDigestInput } from "./digest.ts";

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

test("the digest of a prompt is SHA-256 over its prefix and its exact bytes (PRM-010)", async () => {
  const body = new Uint8Array([1, 2, 3]);
  assert.is(
    new TextDecoder().decode(promptDigestInput(body)),
    "assent/prompt/v1\0\x01\x02\x03",
  );
  // printf 'assent/prompt/v1\0\1\2\3' | sha256sum
  assert.is(
    hex(await promptDigest(body)),
    "702af75f553aeefc72630bde53e0c85048316384d820954229141d45c4378a7b",
  );
});

test("an empty body has a digest of its own", async () => {
  // printf 'assent/prompt/v1\0' | sha256sum
  assert.is(
    hex(await promptDigest(new Uint8Array())),
    "7ffdf17b67d9005f46b887e2c0e9842156a9fe5cb4776844b6967f14fbb37dca",
  );
});

test("one changed bit changes the digest (PRM-010, T24)", async () => {
  const body = crypto.getRandomValues(new Uint8Array(64));
  const changed = body.slice();
  changed[17] = (changed[17] ?? 0) ^ 1;
  assert.is.not(
    hex(await promptDigest(body)),
    hex(await promptDigest(changed)),
  );
});

test("the body is left as it was, also as a view of a larger buffer", async () => {
  const buffer = new Uint8Array([9, 9, 1, 2, 3, 9]);
  const view = buffer.subarray(2, 5);
  assert.is(
    hex(await promptDigest(view)),
    hex(await promptDigest(new Uint8Array([1, 2, 3]))),
  );
  assert.equal([...buffer], [9, 9, 1, 2, 3, 9]);
});

test.run();
