// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowedFields } from "./fields.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a caller that ignores the types may give.
const allowed = (fields: any) => allowedFields(fields);

describe("fields of the log", () => {
  it("are those that there are, and no others (LEAK-004, T20)", () => {
    expect(
      allowed({
        pid: 7,
        title: "canary",
        password: "canary",
        secret: "canary",
      }),
    ).toEqual({ pid: 7 });
  });

  it("that have not their form are left out, never bent into it (LEAK-004)", () => {
    const odd = {
      pid: "7",
      uid: Number.NaN,
      account: "a name with spaces",
      prompt: "../x",
      reason: "two\nlines",
      method: { toString: () => "canary" },
      code: "\u001b[31m",
      count: 1.5,
      from: "canary",
      program: Buffer.from("canary"),
      detail: undefined,
    };
    expect(allowed(odd)).toEqual({});
  });

  it("keep ids, words, numbers and paths as they are", () => {
    const plain = {
      pid: 7,
      account: "0k4-_Z",
      reason: "process 12",
      operation: "resolveSecrets",
      from: false,
      to: 60_000,
      program: "/usr/bin/node",
    };
    expect(allowed(plain)).toEqual(plain);
  });

  it("hold no character that moves, hides or ends a line, whatever a path is called (T21)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const { program = "", detail = "" } = allowed({
          program: `/tmp/${text}`,
          detail: text,
        });
        expect(`${program}${detail}`).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
        );
      }),
    );
  });

  it("are bounded", () => {
    const { program = "" } = allowed({ program: `/${"a/".repeat(9_000)}end` });
    expect(String(program).length).toBeLessThanOrEqual(600);
    expect(program).toMatch(/end$/);
  });
});
