// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import type { BoundScope } from "./scope.ts";
import { endsAtMs, type Grant, type SessionEnd, Sessions } from "./sessions.ts";

const tenMinutes = 600_000;
const twelveHours = 12 * 3_600_000;
const everything: BoundScope = {
  write: false,
  extent: { kind: "every-vault" },
};
const writing: BoundScope = { write: true, extent: { kind: "every-vault" } };

function grantAt(bootMs: number, change: Partial<Grant> = {}): Grant {
  return {
    scope: everything,
    inactivityMs: tenMinutes,
    grantedAtMs: bootMs,
    lastActivityMs: bootMs,
    notAfterMs: bootMs + twelveHours,
    ...change,
  };
}

let ends: SessionEnd[];
let sessions: Sessions;
let next: number;

beforeEach(() => {
  ends = [];
  next = 0;
  sessions = new Sessions(
    () => `s${next++}`,
    (_session, end) => ends.push(end),
  );
});

const isLive = (process: number, account: string, at: number) =>
  "live" in sessions.judge(process, account, at);
const endOf = (process: number, account: string, at: number) => {
  const judged = sessions.judge(process, account, at);
  return "ended" in judged ? judged.ended : "live";
};

describe("a session", () => {
  it("is live until one millisecond before ten minutes without use, and expired at exactly ten (EXP-001)", () => {
    sessions.grant(1, "a", grantAt(1_000), undefined);
    expect(isLive(1, "a", 1_000 + tenMinutes - 1)).toBe(true);
    expect(isLive(1, "a", 1_000 + tenMinutes)).toBe(false);
  });

  it("is judged by the time it is asked for, with no timer and no sweep (EXP-011)", () => {
    sessions.grant(1, "a", grantAt(0), undefined);
    expect(endOf(1, "a", tenMinutes)).toBe("expired");
    expect(ends).toEqual(["expired"]);
  });

  it("starts its ten minutes anew with each use (EXP-002)", () => {
    const { grants } = sessions.grant(1, "a", grantAt(0), undefined);
    for (let at = 599_999; at < 20 * 599_999; at += 599_999) {
      expect(isLive(1, "a", at)).toBe(true);
      sessions.touch(grants, at);
    }
    expect(ends).toEqual([]);
  });

  it("is not used by being judged (EXP-003)", () => {
    sessions.grant(1, "a", grantAt(0), undefined);
    expect(isLive(1, "a", 300_000)).toBe(true);
    expect(isLive(1, "a", tenMinutes)).toBe(false);
  });

  it("ends twelve hours after the approval however it is used (EXP-013)", () => {
    const { grants } = sessions.grant(1, "a", grantAt(0), undefined);
    for (let at = 0; at < twelveHours; at += 540_000)
      sessions.touch(grants, at);
    sessions.touch(grants, twelveHours - 1);
    expect(isLive(1, "a", twelveHours - 1)).toBe(true);
    expect(endOf(1, "a", twelveHours)).toBe("expired");
  });

  it("is not live before it began: a clock that goes back is not trusted (EXP-005)", () => {
    sessions.grant(1, "a", grantAt(5_000), undefined);
    expect(isLive(1, "a", 4_999)).toBe(false);
  });

  it("does not come back once expired (EXP-008)", () => {
    const { grants } = sessions.grant(1, "a", grantAt(0), undefined);
    expect(endOf(1, "a", tenMinutes)).toBe("expired");
    sessions.touch(grants, tenMinutes);
    expect(endOf(1, "a", 1)).toBe("expired");
  });

  it("belongs to one process and one account (SES-006, SES-007, PRC-010)", () => {
    sessions.grant(1, "a", grantAt(0), undefined);
    expect(isLive(1, "b", 1)).toBe(false);
    expect(isLive(2, "a", 1)).toBe(false);
    expect(endOf(2, "a", 1)).toBeUndefined();
  });

  it("remembers why it ended until there is a new one, for its own process alone (EXP-012, LEAK-002)", () => {
    sessions.grant(1, "a", grantAt(0), undefined);
    sessions.endAccount("a", "account-locked");
    expect(endOf(1, "a", 1)).toBe("account-locked");
    expect(endOf(2, "a", 1)).toBeUndefined();
    sessions.grant(1, "a", grantAt(2), undefined);
    expect(isLive(1, "a", 3)).toBe(true);
    sessions.end(
      sessions.grant(1, "a", grantAt(3), undefined),
      "revoked-by-user",
    );
    expect(endOf(1, "a", 4)).toBe("revoked-by-user");
  });

  it("keeps nothing of a process that is gone (PRC-003)", () => {
    sessions.grant(1, "a", grantAt(0), undefined);
    sessions.grant(1, "b", grantAt(0), undefined);
    sessions.grant(2, "a", grantAt(0), undefined);
    sessions.endProcess(1, "process-exited");
    expect(endOf(1, "a", 1)).toBeUndefined();
    expect(isLive(2, "a", 1)).toBe(true);
    expect(ends).toEqual(["process-exited", "process-exited"]);
  });
});

describe("locking an account", () => {
  it("ends the sessions of every process, and of no other account (LCK-001, LCK-006)", () => {
    for (const process of [1, 2, 3]) {
      sessions.grant(process, "a", grantAt(0), undefined);
    }
    sessions.grant(1, "b", grantAt(0), undefined);
    expect(sessions.endAccount("a", "account-locked")).toBe(3);
    expect(sessions.count("a")).toBe(0);
    expect(isLive(1, "b", 1)).toBe(true);
  });
});

describe("several grants of one process", () => {
  it("live and end each by itself (SES-017)", () => {
    const session = sessions.grant(1, "a", grantAt(0), undefined);
    sessions.grant(
      1,
      "a",
      grantAt(0, { scope: writing, inactivityMs: 60_000 }),
      undefined,
    );
    expect(session.grants).toHaveLength(2);
    sessions.touch(
      session.grants.filter((g) => !g.scope.write),
      59_999,
    );
    expect(isLive(1, "a", 60_000)).toBe(true);
    expect(session.grants.map((g) => g.scope.write)).toEqual([false]);
  });

  it("are one when the new one reaches as far for at least as long", () => {
    const session = sessions.grant(1, "a", grantAt(0), undefined);
    sessions.grant(1, "a", grantAt(10, { scope: writing }), undefined);
    expect(session.grants).toHaveLength(1);
    expect(session.grants[0]?.scope.write).toBe(true);
  });

  it("end at the earlier of inactivity and overall timeout", () => {
    expect(endsAtMs(grantAt(0))).toBe(tenMinutes);
    expect(endsAtMs(grantAt(0, { lastActivityMs: twelveHours - 1 }))).toBe(
      twelveHours,
    );
  });
});

it("a sweep ends what nobody asks for any more", () => {
  sessions.grant(1, "a", grantAt(0), undefined);
  sessions.sweep(tenMinutes - 1);
  expect(sessions.all()).toHaveLength(1);
  sessions.sweep(tenMinutes);
  expect(sessions.all()).toEqual([]);
  expect(ends).toEqual(["expired"]);
});
