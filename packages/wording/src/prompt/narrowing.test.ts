// SPDX-License-Identifier: Apache-2.0
import { Access, type ScopeSchema } from "@assent/protocol";
import { PromptBodySchema } from "@assent/protocol/owner";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { NarrowingError, narrow } from "./narrowing.ts";

type Extent = MessageInitShape<typeof ScopeSchema>["extent"];

const everyVault: Extent = { case: "everyVault", value: {} };

function body(extent: Extent) {
  return create(PromptBodySchema, {
    scope: { access: Access.READ_WRITE, extent: extent ?? { case: undefined } },
    inactivityTimeout: durationFromMs(600_000),
  });
}

test("without a narrowing the terms are what was asked", () => {
  const asked = body(everyVault);
  const { scope, inactivityTimeoutMs } = narrow(asked, {});
  expect(scope).toEqual(asked.scope);
  expect(scope).not.toBe(asked.scope);
  expect(inactivityTimeoutMs).toBe(600_000);
});

test("narrows to reading, to some vaults and to fewer minutes", () => {
  const { scope, inactivityTimeoutMs } = narrow(body(everyVault), {
    readOnly: true,
    only: ["Dev"],
    minutes: 2.5,
  });
  expect(scope.access).toBe(Access.READ);
  expect(scope.extent).toMatchObject({
    case: "vaults",
    value: { vaults: ["Dev"] },
  });
  expect(inactivityTimeoutMs).toBe(150_000);
});

test("of a list only a part can be granted", () => {
  const vaults = body({ case: "vaults", value: { vaults: ["Dev", "CI"] } });
  expect(narrow(vaults, { only: ["CI"] }).scope.extent).toMatchObject({
    value: { vaults: ["CI"] },
  });
  expect(() => narrow(vaults, { only: ["Ops"] })).toThrow(
    "Ops was not asked for.",
  );
  const references = body({
    case: "references",
    value: { references: ["assent://a/b", "assent://a/c"] },
  });
  expect(
    narrow(references, { only: ["assent://a/c"] }).scope.extent,
  ).toMatchObject({
    case: "references",
    value: { references: ["assent://a/c"] },
  });
  expect(() => narrow(references, { only: ["a"] })).toThrow(NarrowingError);
});

test("refuses what grants more, or nothing", () => {
  const asked = body(everyVault);
  expect(() => narrow(asked, { minutes: 11 })).toThrow(/longer/);
  expect(() => narrow(asked, { minutes: 0 })).toThrow(NarrowingError);
  expect(() => narrow(asked, { minutes: Number.NaN })).toThrow(NarrowingError);
  expect(() => narrow(asked, { only: [] })).toThrow(NarrowingError);
  expect(() => narrow(create(PromptBodySchema), {})).toThrow(NarrowingError);
});
