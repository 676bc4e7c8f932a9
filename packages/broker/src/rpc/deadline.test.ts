// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  deadlineMs,
  dropDeadline,
  judgeDeadline,
  setDeadline,
} from "./deadline.ts";

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
    for (const headers of [
      { "connect-timeout-ms": "9999999999" },
      { "grpc-timeout": "99999999H" },
    ]) {
      expect(deadlineMs(headers)).toBe(2 ** 31 - 1);
    }
    const headers = new Headers({
      "connect-timeout-ms": "9999999999",
      "grpc-timeout": "99999999H",
    });
    setDeadline(headers, 2 ** 31 - 1);
    expect([...headers]).toEqual([
      ["connect-timeout-ms", "2147483647"],
      ["grpc-timeout", "2147483S"],
    ]);
  });

  it("is told on as what is left of it, in its own way (WIR-009)", () => {
    expect(deadlineMs({ "grpc-timeout": "2M" })).toBe(120_000);
    expect(deadlineMs({})).toBeUndefined();
    const connect = new Headers({ "connect-timeout-ms": "120000" });
    setDeadline(connect, 99.5);
    expect([...connect]).toEqual([["connect-timeout-ms", "100"]]);
    const grpc = new Headers({ "grpc-timeout": "2M" });
    setDeadline(grpc, 99.5);
    expect([...grpc]).toEqual([["grpc-timeout", "100m"]]);
    dropDeadline(grpc);
    expect([...grpc]).toEqual([]);
  });
});
