// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createLog } from "../log/create-log.ts";
import { createFaultReport } from "./fault.ts";

function told(error: unknown): Record<string, unknown> {
  let text = "";
  const sink = {
    write(line: string) {
      text += line;
    },
  };
  const log = createLog({
    level: "info",
    format: "json",
    sink,
    wallMs: () => 0,
  });
  createFaultReport(log)(error);
  return JSON.parse(text);
}

describe("a fault", () => {
  it("is told by its kind and its place, without its message (LEAK-004)", () => {
    const line = told(new RangeError("canary-1"));
    expect(line).toMatchObject({ event: "fault", kind: "RangeError" });
    expect(line["where"]).toMatch(
      /^packages\/broker\/src\/rpc\/fault\.test\.ts:\d+ /,
    );
    expect(JSON.stringify(line)).not.toContain("canary");
  });

  it("whose message looks like a stack tells nothing of it (LEAK-004, T20)", () => {
    const message =
      "no\n    at canary-2 (packages/canary/x.ts:1:2)\n    at packages/canary/y.ts:3:4";
    const line = told(new Error(message));
    expect(line["where"]).toContain("fault.test.ts");
    expect(JSON.stringify(line)).not.toContain("canary");
  });

  const strange: readonly (readonly [string, unknown])[] = [
    ["a text", "canary-3"],
    ["an object", { message: "canary-4" }],
    ["named strangely", Object.assign(new Error("x"), { name: "canary\n5" })],
    ["without a stack", Object.assign(new Error("x"), { stack: "canary-6" })],
  ];
  it.each(strange)("that is %s is told all the same (LEAK-004)", (_, error) => {
    const line = told(error);
    expect(line["event"]).toBe("fault");
    expect(JSON.stringify(line)).not.toContain("canary");
  });
});
