// SPDX-License-Identifier: Apache-2.0
import { Access, type Scope, ScopeSchema } from "@assent/protocol";
import { create, fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { readInactivity } from "./durations.ts";
import { Refusal } from "./refusal.ts";
import { readScope } from "./scope-terms.ts";

const scope = (init: MessageInitShape<typeof ScopeSchema>): Scope =>
  create(ScopeSchema, init);
const vaults = (...names: string[]): Scope =>
  scope({
    access: Access.READ,
    extent: { case: "vaults", value: { vaults: names } },
  });
const references = (access: Access, ...list: string[]): Scope =>
  scope({
    access,
    extent: { case: "references", value: { references: list } },
  });

describe("a scope", () => {
  it("that is not given means every vault, reading only", () => {
    const { scope: read } = readScope(undefined);
    expect(read.access).toBe(Access.READ);
    expect(read.extent.case).toBe("everyVault");
  });

  it.each([
    ["no extent", scope({ access: Access.READ })],
    ["no access", scope({ extent: { case: "everyVault", value: {} } })],
    [
      "an access we do not know",
      scope({ access: 7 as Access, extent: { case: "everyVault", value: {} } }),
    ],
    ["no vault", vaults()],
    ["a blank vault", vaults("Dev", " ")],
    [
      "too many vaults",
      vaults(...Array.from({ length: 101 }, (_, n) => `v${n}`)),
    ],
    ["no reference", references(Access.READ)],
    [
      "too many references",
      references(
        Access.READ,
        ...Array.from({ length: 1001 }, (_, n) => `assent://v/i${n}`),
      ),
    ],
    [
      "more text than a prompt can show",
      references(Access.READ, `op://v/i/${"f".repeat(70_000)}`),
    ],
    ["a malformed reference", references(Access.READ, "assent://v")],
    ["references to write to", references(Access.READ_WRITE, "assent://v/i")],
    [
      "a field we do not know",
      fromBinary(ScopeSchema, Uint8Array.of(0x08, 1, 0x12, 0, 0x78, 1)),
    ],
    [
      "a field we do not know in a list",
      fromBinary(
        ScopeSchema,
        Uint8Array.of(0x08, 1, 0x1a, 5, 0x0a, 1, 0x61, 0x78, 1),
      ),
    ],
    [
      "an extent we do not know",
      fromBinary(ScopeSchema, Uint8Array.of(0x08, 1, 0x7a, 0)),
    ],
  ])("with %s is refused (SES-016, T44)", (_what, asked) => {
    expect(() => readScope(asked)).toThrow(Refusal);
  });

  it("has one key however its names are ordered or repeated (PRM-007)", () => {
    expect(readScope(vaults("a", "b")).key).toBe(
      readScope(vaults("b", "a", "b")).key,
    );
    expect(readScope(vaults("a")).key).not.toBe(readScope(vaults("b")).key);
    expect(readScope(vaults("a,b")).key).not.toBe(
      readScope(vaults("a", "b")).key,
    );
  });
});

describe("an inactivity timeout", () => {
  const longest = 600_000;
  const seconds = (n: bigint, nanos = 0) => ({
    $typeName: "google.protobuf.Duration" as const,
    seconds: n,
    nanos,
  });

  it("is what is asked for, cut to the longest (EXP-010)", () => {
    expect(readInactivity(undefined, longest)).toBe(longest);
    expect(readInactivity(seconds(60n), longest)).toBe(60_000);
    expect(readInactivity(seconds(3600n), longest)).toBe(longest);
    expect(readInactivity(seconds(1n, 999_999), longest)).toBe(1_000);
  });

  it.each([
    ["zero", seconds(0n)],
    ["negative", seconds(-1n)],
    ["shorter than a second", seconds(0n, 999_999_999)],
    ["beyond counting", seconds(1n << 62n)],
    ["malformed", seconds(60n, -1)],
  ])("that is %s is refused", (_what, asked) => {
    expect(() => readInactivity(asked, longest)).toThrow(Refusal);
  });
});
