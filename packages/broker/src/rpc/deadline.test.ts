// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { boundDeadline, dropDeadline, judgeDeadline } from "./deadline.ts";

describe("a deadline", () => {
  it.each([
    [{}, "none"],
    [{ "connect-timeout-ms": "1" }, "ahead"],
    [{ "connect-timeout-ms": "9999999999" }, "ahead"],
    [{ "connect-timeout-ms": "000" }, "passed"],
    [{ "grpc-timeout": "1n" }, "ahead"],
    [{ "grpc-timeout": "99999999H" }, "ahead"],
    [{ "grpc-timeout": "0H" }, "passed"],
    [{ "grpc-timeout": "5S", "connect-timeout-ms": "0" }, "passed"],
    [{ "connect-timeout-ms": "" }, "invalid"],
    [{ "connect-timeout-ms": "-1" }, "invalid"],
    [{ "connect-timeout-ms": "1, 1" }, "invalid"],
    [{ "connect-timeout-ms": "99999999999" }, "invalid"],
    [{ "grpc-timeout": "S" }, "invalid"],
    [{ "grpc-timeout": "123456789S" }, "invalid"],
    [{ "grpc-timeout": "1s" }, "invalid"],
  ] as const)("%j is %s (WIR-009)", (headers, told) => {
    expect(judgeDeadline(headers)).toBe(told);
  });

  it("beyond what a timer can wait is as late as it can be, not at once (WIR-009)", () => {
    const headers = new Headers({
      "connect-timeout-ms": "9999999999",
      "grpc-timeout": "99999999H",
    });
    boundDeadline(headers);
    expect([...headers]).toEqual([
      ["connect-timeout-ms", "2147483647"],
      ["grpc-timeout", "2147483S"],
    ]);
    const near = new Headers({
      "connect-timeout-ms": "120000",
      "grpc-timeout": "2M",
    });
    boundDeadline(near);
    expect(near.get("connect-timeout-ms")).toBe("120000");
    expect(near.get("grpc-timeout")).toBe("2M");
    dropDeadline(near);
    expect([...near]).toEqual([]);
  });
});
