// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "./caller.ts";
import { type Rig, startRig } from "./rig.ts";

const minute = 60_000;
let rig: Rig;
let other: string;

beforeAll(async () => {
  rig = await startRig();
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: "t" });
  other = await rig.vault("Personal", "Other");
  await rig.account("Work");
  await rig.vault("Work", "Team");
});
afterAll(() => rig.close());

const reference = "assent://Dev/GitHub/token";
const read = (caller: Caller) => rig.resolve(caller, "Personal", reference);

async function granted(
  request: object = { account: "Personal" },
): Promise<Caller> {
  const caller = await rig.caller();
  await rig.grant(caller, request);
  return caller;
}

describe("ten minutes without a Request", () => {
  it("end an authorization at exactly that moment (EXP-001, EXP-012, T28)", async () => {
    const [early, late] = [await granted(), await granted()];
    rig.time.advance(10 * minute - 1);
    expect((await read(early)).status).toBe(200);
    rig.time.advance(1);
    const expired = await read(late);
    expect([expired.code, expired.reason]).toEqual([
      "unauthenticated",
      "SESSION_EXPIRED",
    ]);
  });

  it("start anew with each Request that passed, over any connection or flavour (EXP-002, SES-014)", async () => {
    const caller = await granted();
    for (let n = 0; n < 5; n += 1) {
      rig.time.advance(10 * minute - 1);
      const answer = await caller.broker(
        "Request",
        { account: "Personal", operation: { listVaults: {} } },
        { on: `c${n}` },
      );
      expect(answer.status).toBe(200);
    }
  });

  it("start anew with a Request that failed for a reason of its own (EXP-004)", async () => {
    const caller = await granted();
    for (const wrong of ["assent://Dev/None/none", "not a reference"]) {
      rig.time.advance(9 * minute);
      const answer = await rig.resolve(caller, "Personal", wrong);
      expect(answer.body.result.resolvedSecrets.secrets[0]).toHaveProperty(
        "failure",
      );
    }
    rig.time.advance(10 * minute - 1);
    expect((await read(caller)).status).toBe(200);
  });

  it.each([
    [
      "Authorize",
      (c: Caller) => c.broker("Authorize", { account: "Personal" }),
    ],
    [
      "a Request out of scope",
      (c: Caller) =>
        c.broker("Request", {
          account: "Personal",
          operation: { putVault: { vault: { name: "x" } } },
        }),
    ],
    [
      "a Request for another account",
      (c: Caller) =>
        c.broker("Request", { account: "Work", operation: { listVaults: {} } }),
    ],
    [
      "a Request that breaks a rule",
      (c: Caller) => c.broker("Request", { account: "Personal" }),
    ],
    [
      "revoking another account",
      (c: Caller) => c.broker("Revoke", { account: "Work" }),
    ],
    ["an unknown method", (c: Caller) => c.broker("Unknown", {})],
    [
      "a call of another version",
      (c: Caller) =>
        c.broker(
          "Request",
          {},
          { headers: { "assent-protocol-version": "9.0" } },
        ),
    ],
    ["connecting", (c: Caller) => c.broker("Unknown", {}, { on: "fresh" })],
  ])("are not started anew by %s (EXP-003, T28)", async (_what, act) => {
    const caller = await granted();
    rig.time.advance(9 * minute);
    await act(caller);
    rig.time.advance(minute);
    expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
  });

  it("are not started anew, for a grant that covers none of it, by what another grant covers (EXP-003, SES-017)", async () => {
    const caller = await granted({
      account: "Personal",
      scope: { access: "ACCESS_READ", references: { references: [reference] } },
    });
    await rig.grant(caller, {
      account: "Personal",
      scope: { access: "ACCESS_READ_WRITE", vaults: { vaults: ["Other"] } },
    });
    const put = () =>
      caller.broker("Request", {
        account: "Personal",
        operation: {
          putItems: { items: [{ overview: { vaultId: other, title: "x" } }] },
        },
      });
    expect((await put()).status).toBe(200);
    rig.time.advance(9 * minute);
    expect((await read(caller)).status).toBe(200);
    await rig.resolve(caller, "Personal", "assent://Dev/None/none", "garbage");
    await caller.broker("Request", {
      account: "Personal",
      operation: { readFile: {} },
    });
    rig.time.advance(minute);
    expect((await put()).reason).toBe("OUT_OF_SCOPE");
    expect((await read(caller)).status).toBe(200);
  });

  it("are not started anew by another process (EXP-003, SES-007)", async () => {
    const [idle, busy] = [await granted(), await granted()];
    rig.time.advance(9 * minute);
    expect((await read(busy)).status).toBe(200);
    rig.time.advance(minute);
    expect((await read(idle)).reason).toBe("SESSION_EXPIRED");
    expect((await read(busy)).status).toBe(200);
  });

  it("cannot be made longer by the caller (EXP-010)", async () => {
    const caller = await granted({
      account: "Personal",
      inactivityTimeout: "3600s",
    });
    rig.time.advance(10 * minute);
    expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
  });
});

describe("an expired authorization", () => {
  it("is not revived; only a new approval makes a new one (EXP-008)", async () => {
    const caller = await granted();
    rig.time.advance(10 * minute);
    for (let n = 0; n < 3; n += 1) {
      expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
    }
    expect(await rig.prompts()).toEqual([]);
    await rig.grant(caller);
    expect((await read(caller)).status).toBe(200);
  });

  it("is told to its own process alone (EXP-012, LEAK-002)", async () => {
    const caller = await granted();
    rig.time.advance(10 * minute);
    expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
    expect((await read(await rig.caller())).reason).toBe(
      "AUTHORIZATION_REQUIRED",
    );
  });
});

it("twelve hours end an authorization whatever its use (EXP-013)", async () => {
  const caller = await granted();
  for (let n = 0; n < 79; n += 1) {
    rig.time.advance(9 * minute);
    expect((await read(caller)).status, `after ${n + 1} × 9 minutes`).toBe(200);
  }
  rig.time.advance(9 * minute - 1);
  expect((await read(caller)).status).toBe(200);
  rig.time.advance(1);
  expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
});

it.each([
  ["back an hour", -60 * minute],
  ["on an hour", 60 * minute],
  ["to 1970", -Date.UTC(2027, 0, 1)],
  ["to 2038", Date.UTC(2038, 0, 19) - Date.UTC(2027, 0, 1)],
])(
  "setting the time of day %s changes nothing (EXP-005, EXP-006, T28)",
  async (_how, by) => {
    const caller = await granted();
    rig.time.setWall(rig.time.clock.wallMs() + by);
    rig.time.advance(10 * minute - 1);
    expect((await read(caller)).status).toBe(200);
    rig.time.advance(10 * minute);
    expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
  },
);

it("time in which the machine sleeps counts: the boot clock moves and no timer has fired (EXP-007, EXP-011, T28)", async () => {
  const caller = await granted();
  rig.time.advance(5 * minute);
  expect((await read(caller)).status).toBe(200);
  rig.time.advance(10 * minute);
  expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
});

it("expiry is decided when a Request is judged: no sweep runs in these tests (EXP-011)", async () => {
  const caller = await granted();
  rig.time.advance(10 * minute);
  const { sessions } = rig.broker.parts;
  const held = sessions.all().length;
  expect(held).toBeGreaterThan(0);
  expect((await read(caller)).reason).toBe("SESSION_EXPIRED");
  expect(sessions.all().length).toBe(held - 1);
});

it("a clock that cannot be read gives nothing", async () => {
  const own = await startRig();
  try {
    const vault = await own.vault("Personal", "Dev");
    await own.item("Personal", vault, "GitHub", { token: "t" });
    const caller = await own.caller();
    await own.grant(caller);
    own.time.breakClock();
    const answer = await own.resolve(caller, "Personal", reference);
    expect([answer.code, answer.reason]).toEqual(["internal", "INTERNAL"]);
    expect(answer.text).not.toContain("clock");
    // Whoever runs the broker is told where, and nothing of what was said.
    const [line] = own.lines.filter((one) => one.includes("a fault"));
    expect(line).toMatch(/kind=Error where=.*manual-time/);
    expect(line).not.toContain("cannot be read");
  } finally {
    await own.close();
  }
});
