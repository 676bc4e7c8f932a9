// SPDX-License-Identifier: Apache-2.0
import { Access, ScopeSchema } from "@assent/protocol";
import {
  AccountRefSchema,
  MuteReach,
  MuteSchema,
  SessionSchema,
} from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, it } from "vitest";
import { type AccessFacts, viewAccess } from "./access-view.ts";

const taken = Date.UTC(2027, 0, 15, 12);
const personal = create(AccountRefSchema, { id: "p", name: "Personal" });
const work = create(AccountRefSchema, { id: "w", name: "Work", locked: true });

function facts(over: Partial<AccessFacts> = {}): AccessFacts {
  return {
    accounts: [personal, work],
    sessions: [session("one", 521_000)],
    mutes: [],
    vaultNames: new Map(),
    takenAtMs: taken,
    ...over,
  };
}

function session(id: string, leftMs: number, account = personal) {
  return create(SessionSchema, {
    id,
    account,
    process: { pid: 41_822, name: "git", path: "/usr/bin/git" },
    scopes: [
      create(ScopeSchema, {
        access: Access.READ,
        extent: { case: "vaults", value: { vaults: ["Dev"] } },
      }),
    ],
    remaining: durationFromMs(leftMs),
    lastUsedAt: timestampFromMs(taken - 61_000),
  });
}

it("tells when access ends, second by second, and when it was last used", () => {
  const [row] = viewAccess(facts(), taken).groups[0]?.rows ?? [];
  expect(row).toMatchObject({
    name: "git",
    path: "/usr/bin/git",
    ends: "Ends in 8:41",
    lastUse: "used 1 min ago · process 41822",
    isOver: false,
  });
  expect(row?.scope?.map(({ text }) => text)).toEqual([
    "Read every item in this vault of Personal",
  ]);
  const later = viewAccess(facts(), taken + 11_000).groups[0]?.rows[0];
  expect(later?.ends).toBe("Ends in 8:30");
});

it("says that access is ending once its time is up, and never a time below zero", () => {
  const row = viewAccess(facts(), taken + 600_000).groups[0]?.rows[0];
  expect(row).toMatchObject({ ends: "Ending", isOver: true });
});

it("makes nothing last longer when the clock is set back", () => {
  const row = viewAccess(facts(), taken - 3_600_000).groups[0]?.rows[0];
  expect(row?.ends).toBe("Ends in 8:41");
});

it("groups access by account, and names unlocked accounts that nothing uses", () => {
  const spare = create(AccountRefSchema, { id: "s", name: "Spare" });
  const view = viewAccess(
    facts({
      accounts: [personal, spare, work],
      sessions: [session("a", 1_000), session("b", 1_000, work)],
    }),
    taken,
  );
  expect(view.groups.map(({ accountName }) => accountName)).toEqual([
    "Personal",
    "Work",
  ]);
  expect(view.unused.map(({ name }) => name)).toEqual(["Spare"]);
});

it("shows access to an account that is in no list any more", () => {
  const view = viewAccess(facts({ accounts: [] }), taken);
  expect(view.groups).toHaveLength(1);
});

it("makes names safe, and marks those that deceive (T21)", () => {
  const bad = session("x", 1_000);
  if (bad.process !== undefined) {
    bad.process.name = "gpj\u202eexe";
    bad.process.path = "/tmp/gpj\u202eexe";
  }
  const row = viewAccess(facts({ sessions: [bad] }), taken).groups[0]?.rows[0];
  expect(row).toMatchObject({ name: "gpj<U+202E>exe", isDeceptive: true });
});

it("does not tell half of a scope that it does not understand (SES-010)", () => {
  const odd = session("x", 1_000);
  odd.scopes.push(create(ScopeSchema, { access: Access.READ }));
  const row = viewAccess(facts({ sessions: [odd] }), taken).groups[0]?.rows[0];
  expect(row?.scope).toBeUndefined();
});

it("lists mutes until their time is up", () => {
  const mute = create(MuteSchema, {
    id: "m",
    process: { pid: 7, name: "helper", path: "/tmp/helper" },
    reach: MuteReach.EXECUTABLE,
    until: timestampFromMs(taken + 120_000),
    by: "web",
  });
  const at = (ms: number) => viewAccess(facts({ mutes: [mute] }), ms).mutes;
  expect(at(taken)).toMatchObject([
    {
      text: "helper is refused without asking you, whoever starts it.",
      left: "For another 2 minutes; muted by web",
    },
  ]);
  expect(at(taken + 120_000)).toEqual([]);
});
