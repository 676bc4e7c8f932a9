// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AssentError } from "./error.ts";
import { type ClientOptions, readOptions } from "./options.ts";

test("waits a little longer than a prompt lives", () => {
  assert.ok(readOptions({}).authorizeTimeoutMs > limits.promptMs);
});

for (const [what, options] of [
  ["account", { account: "x".repeat(129) }],
  ["account.id", { account: { id: "" } }],
  ["integrationName", { integrationName: "x".repeat(65) }],
  ["integrationVersion", { integrationVersion: "x".repeat(33) }],
  ["purpose", { purpose: "x".repeat(201) }],
  ["requestTimeoutMs", { requestTimeoutMs: 0 }],
  ["authorizeTimeoutMs", { authorizeTimeoutMs: Number.POSITIVE_INFINITY }],
  ["inactivityTimeoutMs", { inactivityTimeoutMs: 999 }],
  ["interaction", { interaction: "maybe" as never }],
] satisfies [string, ClientOptions][]) {
  test(`refuses a broken ${what} by its name`, () => {
    assert.throws(
      () => readOptions(options),
      (error: unknown) =>
        error instanceof AssentError &&
        error.code === "invalid" &&
        error.message.includes(what),
    );
  });
}

test("takes what is as long as allowed", () => {
  readOptions({
    account: "x".repeat(128),
    integrationName: "x".repeat(64),
    integrationVersion: "x".repeat(32),
    purpose: "x".repeat(200),
    inactivityTimeoutMs: 1_000,
    requestTimeoutMs: 2 ** 31 - 1,
  });
});

test("knows an account id by its form", () => {
  const id = "abcdefghijklmnopqrstuvwx23";
  assert.is(readOptions({ account: id }).accountId, id);
  assert.is(readOptions({ account: { id: "a1" } }).accountId, "a1");
  assert.is(readOptions({ account: "Personal" }).accountId, undefined);
  assert.is(readOptions({}).accountId, undefined);
});

test.run();
