// SPDX-License-Identifier: Apache-2.0
import { Access, ScopeSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AssentError } from "./error.ts";
import { readScope, type Scope, scopeMessage } from "./scope.ts";

for (const scope of [
  { access: "read" },
  { access: "read-write" },
  { access: "read-write", vaults: ["Dev", "Ops"] },
  { access: "read", references: ["assent://Dev/GitHub", "op://a/b/c"] },
] satisfies Scope[]) {
  test(`says ${JSON.stringify(scope)} and reads it back`, () => {
    assert.equal(readScope(scopeMessage(scope)), scope);
  });
}

test("is every vault, reading, unless it says otherwise", () => {
  assert.equal(readScope(scopeMessage({})), { access: "read" });
});

for (const [rule, scope] of [
  ["no vault", { vaults: [] }],
  ["no reference", { references: [] }],
  ["too many vaults", { vaults: Array(101).fill("v") }],
  ["too many references", { references: Array(1_001).fill("op://a/b") }],
  ["both extents", { vaults: ["Dev"], references: ["op://a/b"] }],
  ["writing by reference", { access: "read-write", references: ["op://a/b"] }],
  ["what is no reference", { references: ["Dev/GitHub"] }],
  ["an access that does not exist", { access: "write" as never }],
] satisfies [string, Scope][]) {
  test(`refuses ${rule} before it is sent`, () => {
    assert.throws(
      () => scopeMessage(scope),
      (error: unknown) =>
        error instanceof AssentError && error.code === "invalid",
    );
  });
}

test("reads nothing from what it does not know (VER-004)", () => {
  assert.is(readScope(undefined), undefined);
  assert.is(readScope(create(ScopeSchema)), undefined);
  const access = Access.READ;
  assert.is(readScope(create(ScopeSchema, { access })), undefined);
  const known = scopeMessage({ vaults: ["Dev"] });
  assert.is(readScope({ ...known, access: 7 as Access }), undefined);
});

test.run();
