// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createLog, type LogFormat, silentLog } from "./create-log.ts";
import type { Log, LogLevel } from "./log.ts";

function start(format: LogFormat, level: LogLevel = "debug") {
  const lines: string[] = [];
  let wall = Date.UTC(2027, 0, 15, 12);
  const log = createLog({
    level,
    format,
    wallMs: () => wall,
    limits: { debug: 3, info: 3, warn: 3, error: 3 },
    sink: { write: (line) => lines.push(line) },
  });
  return { log, lines, pass: (ms: number) => (wall += ms) };
}

describe("the log", () => {
  it("as JSON is one object a line, with the time as RFC 3339", () => {
    const { log, lines } = start("json");
    log.info("account-locked", { account: "a1", reason: "idle" });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "info",
      time: "2027-01-15T12:00:00.000Z",
      event: "account-locked",
      account: "a1",
      reason: "idle",
      message: "an account was locked",
    });
  });

  it("as text is one line that people can read", () => {
    const { log, lines } = start("text");
    log.warn("credential-refused", { account: "a1", pid: 12 });
    expect(lines).toEqual([
      "2027-01-15T12:00:00.000Z warn  a password was wrong pid=12 account=a1\n",
    ]);
  });

  it.each(["text", "json"] as const)(
    "as %s cannot be made to show another line or field (T21)",
    (format) => {
      const { log, lines } = start(format);
      const program =
        '/tmp/x\n2027-01-15T12:00:00.000Z info  access was granted pid=1 "\u001b[2J\u202e\u2028';
      log.info("prompt-created", { pid: 9, program });
      expect(lines).toHaveLength(1);
      const [line = ""] = lines;
      expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      if (format === "json") {
        expect(JSON.parse(line)).toMatchObject({
          event: "prompt-created",
          pid: 9,
        });
      } else {
        // What a program wrote stands within quotes.
        expect(line).toMatch(/ pid=9 program="(?:[^"\\]|\\.)*"\n$/);
      }
    },
  );

  it("tells what is at its level or above", () => {
    const { log, lines } = start("text", "warn");
    log.debug("request");
    log.info("granted");
    log.warn("credential-refused");
    log.error("fault");
    expect(lines).toHaveLength(2);
  });

  it("counts equal lines of calls in a minute, and tells the count after it (T57)", () => {
    const { log, lines, pass } = start("json");
    for (let n = 0; n < 1_000; n += 1) log.debug("refused", { pid: 4 });
    expect(lines).toHaveLength(1);
    pass(60_000);
    log.debug("request");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "refused", pid: 4 },
      { event: "refused", pid: 4, count: 999 },
      { event: "request" },
    ]);
  });

  it.each(["debug", "info", "warn", "error"] as const)(
    "leaves out what is too much at %s, and says how much it was (T57)",
    (level) => {
      const { log, lines, pass } = start("json");
      for (let pid = 1; pid <= 100; pid += 1) log[level]("refused", { pid });
      expect(lines).toHaveLength(3);
      pass(60_000);
      log.info("broker-stopping");
      expect(JSON.parse(lines[3] ?? "")).toMatchObject({
        event: "lines-omitted",
        count: 97,
        kind: level,
      });
    },
  );

  it("tells a fault that goes on once a minute, and how often it was", () => {
    const { log, lines, pass } = start("json");
    for (let n = 0; n < 720; n += 1) {
      log.error("sweep-failed");
      pass(250);
    }
    const counts = lines.map((line) => JSON.parse(line).count);
    expect(counts).toEqual([undefined, 239, undefined, 239, undefined]);
  });

  it("that cannot be written hurts nobody", () => {
    const log: Log = createLog({
      level: "debug",
      format: "text",
      wallMs: () => 0,
      sink: {
        write() {
          throw new Error("no");
        },
      },
    });
    log.info("granted");
    silentLog.error("fault");
  });
});
