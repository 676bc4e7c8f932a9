// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  type BoundReference,
  type BoundScope,
  covers,
  reachesReference,
} from "./scope.ts";

const every = (write = false): BoundScope => ({
  write,
  extent: { kind: "every-vault" },
});
const vaults = (ids: string[], write = false): BoundScope => ({
  write,
  extent: { kind: "vaults", vaultIds: new Set(ids) },
});
const field = (fieldId?: string, attribute = "value"): BoundReference => ({
  vaultId: "v",
  itemId: "i",
  fieldId,
  attribute,
});
const references = (...list: BoundReference[]): BoundScope => ({
  write: false,
  extent: { kind: "references", references: list },
});

describe("covers", () => {
  it.each([
    ["everything covers a vault", every(), vaults(["v"]), true],
    ["everything covers a field", every(), references(field("f")), true],
    ["a vault does not cover everything", vaults(["v"]), every(), false],
    ["two vaults cover each of them", vaults(["v", "w"]), vaults(["w"]), true],
    [
      "a vault does not cover another",
      vaults(["v"]),
      vaults(["v", "w"]),
      false,
    ],
    ["reading does not cover writing", every(), every(true), false],
    ["writing covers reading", every(true), every(), true],
    ["a vault covers its fields", vaults(["v"]), references(field("f")), true],
    [
      "an item covers its fields",
      references(field()),
      references(field("f")),
      true,
    ],
    [
      "a field does not cover its item",
      references(field("f")),
      references(field()),
      false,
    ],
    [
      "a code does not cover its seed",
      references(field("f", "otp")),
      references(field("f")),
      false,
    ],
    [
      "a seed does not cover its code",
      references(field("f")),
      references(field("f", "otp")),
      false,
    ],
    ["nothing covers an empty list", every(), vaults([]), false],
    ["an empty list covers nothing", vaults([]), references(field("f")), false],
  ])("%s (SES-009, SES-010, SES-016)", (_fact, granted, wanted, expected) => {
    expect(covers(granted, wanted)).toBe(expected);
  });
});

it("a field of the same id in another item is not reached (SES-010)", () => {
  const granted = references(field("f"));
  expect(reachesReference(granted, { ...field("f"), itemId: "j" })).toBe(false);
  expect(reachesReference(granted, { ...field("f"), vaultId: "w" })).toBe(
    false,
  );
  expect(reachesReference(granted, field("f"))).toBe(true);
});
