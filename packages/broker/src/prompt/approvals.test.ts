// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { Approvals, sameDigest } from "./approvals.ts";

function rig() {
  let now = 0;
  let next = 0;
  const approvals = new Approvals<string>(
    () => `a${++next}`,
    () => now,
  );
  const begin = (surface: object, promptId = "p") =>
    approvals.begin({
      promptId,
      digest: new Uint8Array(32),
      terms: "terms",
      challenge: new Uint8Array(32),
      generation: 1,
      surface,
    });
  return { approvals, begin, pass: (ms: number) => (now += ms) };
}

it("an approval is good once (SES-019)", () => {
  const { approvals, begin } = rig();
  const surface = {};
  const id = begin(surface);
  expect(approvals.take(id, surface)?.terms).toBe("terms");
  expect(approvals.take(id, surface)).toBeUndefined();
});

it("an approval is good for less than sixty seconds", () => {
  const { approvals, begin, pass } = rig();
  const surface = {};
  const early = begin(surface, "p1");
  const late = begin(surface, "p2");
  pass(59_999);
  expect(approvals.take(early, surface)).toBeDefined();
  pass(1);
  expect(approvals.take(late, surface)).toBeUndefined();
});

it("an approval cannot be finished by another surface (T15)", () => {
  const { approvals, begin } = rig();
  const surface = {};
  const id = begin(surface);
  expect(approvals.take(id, {})).toBeUndefined();
  expect(approvals.take(id, surface)).toBeDefined();
});

it("a surface that begins again voids what it had begun for that prompt", () => {
  const { approvals, begin } = rig();
  const surface = {};
  const first = begin(surface);
  const second = begin(surface);
  expect(approvals.take(first, surface)).toBeUndefined();
  expect(approvals.take(second, surface)).toBeDefined();
});

it("digests of other bytes or another length are not the same (T24)", () => {
  expect(sameDigest(new Uint8Array(32), new Uint8Array(32))).toBe(true);
  expect(sameDigest(new Uint8Array(32).fill(1), new Uint8Array(32))).toBe(
    false,
  );
  expect(sameDigest(new Uint8Array(31), new Uint8Array(32))).toBe(false);
});
