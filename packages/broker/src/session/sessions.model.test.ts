// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { type SessionEnd, Sessions } from "./sessions.ts";

// Random walks over processes and accounts, against an oracle that knows
// nothing but the rules: when was the last approval or use, and what ended it.

const twelveHours = 12 * 3_600_000;

type Step =
  | { do: "approve"; process: number; account: string; inactivityMs: number }
  | { do: "request"; process: number; account: string }
  | { do: "revoke"; process: number; account: string }
  | { do: "lock"; account: string }
  | { do: "exit"; process: number }
  | { do: "sweep" }
  | { do: "pass"; ms: number };

interface Live {
  approvedAt: number;
  lastUse: number;
  inactivityMs: number;
}

const process = fc.integer({ min: 1, max: 3 });
const account = fc.constantFrom("a", "b");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("approve" as const),
    process,
    account,
    inactivityMs: fc.constantFrom(60_000, 600_000),
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("request" as const),
      process,
      account,
    }),
  },
  fc.record({ do: fc.constant("revoke" as const), process, account }),
  fc.record({ do: fc.constant("lock" as const), account }),
  fc.record({ do: fc.constant("exit" as const), process }),
  fc.record({ do: fc.constant("sweep" as const) }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      // The edges of every timeout, and anything between.
      ms: fc.oneof(
        fc.constantFrom(
          1,
          59_999,
          60_000,
          599_999,
          600_000,
          twelveHours - 1,
          twelveHours,
        ),
        fc.nat(700_000),
      ),
    }),
  },
);

it("a Request is served exactly while an approval of that process and account is live (SES-001, SES-006, SES-007, EXP-001, EXP-002, EXP-008, EXP-013, LCK-001, LCK-005, LCK-006, RVK-001, RVK-002, PRC-003, T30)", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = 1_000;
      let id = 0;
      const sessions = new Sessions(
        () => `s${id++}`,
        () => {},
      );
      const live = new Map<string, Live[]>();
      const ended = new Map<string, SessionEnd>();
      const end = (key: string, why: SessionEnd) => {
        if (expire(key)) ended.set(key, why);
        live.delete(key);
      };
      /** Drops what is over; true when something is left. */
      const expire = (key: string): boolean => {
        const before = live.get(key);
        if (before === undefined) return false;
        const left = before.filter(
          (one) =>
            now - one.lastUse < one.inactivityMs &&
            now - one.approvedAt < twelveHours,
        );
        if (left.length > 0) live.set(key, left);
        else {
          live.delete(key);
          ended.set(key, "expired");
        }
        return left.length > 0;
      };
      for (const one of steps) {
        switch (one.do) {
          case "pass":
            now += one.ms;
            break;
          case "sweep":
            sessions.sweep(now);
            break;
          case "approve": {
            const key = `${one.process}${one.account}`;
            const scope = {
              write: false,
              extent: { kind: "every-vault" },
            } as const;
            sessions.grant(
              one.process,
              one.account,
              {
                scope,
                inactivityMs: one.inactivityMs,
                grantedAtMs: now,
                lastActivityMs: now,
                notAfterMs: now + twelveHours,
              },
              undefined,
            );
            expire(key);
            live.set(key, [
              ...(live.get(key) ?? []),
              { approvedAt: now, lastUse: now, inactivityMs: one.inactivityMs },
            ]);
            ended.delete(key);
            break;
          }
          case "request": {
            const key = `${one.process}${one.account}`;
            const judged = sessions.judge(one.process, one.account, now);
            const served = expire(key);
            if ("live" in judged) sessions.touch(judged.live.grants, now);
            for (const grant of live.get(key) ?? []) grant.lastUse = now;
            expect("live" in judged).toBe(served);
            if ("ended" in judged) expect(judged.ended).toBe(ended.get(key));
            break;
          }
          case "revoke": {
            const session = sessions.find(one.process, one.account);
            sessions.judge(one.process, one.account, now);
            if (session) sessions.end(session, "revoked-by-program");
            end(`${one.process}${one.account}`, "revoked-by-program");
            break;
          }
          case "lock":
            sessions.sweep(now);
            sessions.endAccount(one.account, "account-locked");
            for (const p of [1, 2, 3])
              end(`${p}${one.account}`, "account-locked");
            break;
          case "exit":
            sessions.endProcess(one.process, "process-exited");
            for (const a of ["a", "b"]) {
              live.delete(`${one.process}${a}`);
              ended.delete(`${one.process}${a}`);
            }
            break;
        }
      }
    }),
    { numRuns: 3_000 },
  );
});
