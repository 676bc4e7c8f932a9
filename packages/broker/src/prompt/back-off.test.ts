// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import { type BackOff, createBackOff } from "./back-off.ts";

let now: number;
let backOff: BackOff<string>;
/** "ab" was started by "a". */
const stemsFrom = (asker: string, origin: string) => asker.startsWith(origin);

beforeEach(() => {
  now = 1_000_000;
  backOff = createBackOff({ bootMs: () => now, stemsFrom });
});

function unapproved(asker: string, times: number): void {
  for (let n = 0; n < times; n += 1) {
    backOff.asked(asker);
    backOff.ended(asker, "denied");
  }
}

describe("three prompts that end unapproved within a minute (PRM-012)", () => {
  it("have the process wait for a minute, and no longer", () => {
    unapproved("a", 2);
    expect(backOff.refuses("a")).toBe(false);
    unapproved("a", 1);
    expect(backOff.refuses("a")).toBe(true);
    now += 59_999;
    expect(backOff.refuses("a")).toBe(true);
    now += 1;
    expect(backOff.refuses("a")).toBe(false);
  });

  it.each(["denied", "timed-out", "withdrawn", "revoked"] as const)(
    "count when they were %s",
    (ending) => {
      backOff.asked("a");
      for (let n = 0; n < 3; n += 1) backOff.ended("a", ending);
      expect(backOff.refuses("a")).toBe(true);
    },
  );

  it.each([
    "approved",
    "account-locked",
    "integration-off",
    "process-exited",
    "failed",
  ] as const)("do not count when they were %s", (ending) => {
    backOff.asked("a");
    for (let n = 0; n < 5; n += 1) backOff.ended("a", ending);
    expect(backOff.refuses("a")).toBe(false);
  });

  it("do not count when they lie further apart", () => {
    for (let n = 0; n < 10; n += 1) {
      unapproved("a", 1);
      now += 30_000;
    }
    expect(backOff.refuses("a")).toBe(false);
  });

  it("count for the process that started those that asked, and refuse all of these", () => {
    backOff.asked("a");
    for (const child of ["ab", "ac", "acd"]) unapproved(child, 1);
    expect(backOff.refuses("a")).toBe(true);
    expect(backOff.refuses("anew")).toBe(true);
  });

  it("refuse no other process, of the same executable or of the same parent", () => {
    unapproved("xa", 3);
    expect(backOff.refuses("xa")).toBe(true);
    expect(backOff.refuses("xb")).toBe(false);
    expect(backOff.refuses("x")).toBe(false);
  });
});

it("nothing is kept of processes that are not needed any more", () => {
  unapproved("a", 3);
  backOff.sweep(() => false);
  expect(backOff.refuses("a")).toBe(true);
  now += 60_000;
  backOff.sweep(() => false);
  backOff.ended("ab", "denied");
  expect(backOff.refuses("a")).toBe(false);
});
