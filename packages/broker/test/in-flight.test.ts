// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Gate } from "../src/rpc/gate.ts";
import type { Answer, Caller } from "./caller.ts";
import { createGates } from "./gates.ts";
import {
  base64,
  passwordJson,
  type Rig,
  type SeenPrompt,
  startRig,
} from "./rig.ts";

// Calls are held where they wait, each thing that may happen meanwhile is done,
// and they go on.

const gates = createGates();
const canary = "canary-in-flight";
const big = "y".repeat(2_500_000);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ options: { at: gates.at } });
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: canary, blob: big });
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.owner.owner("AccountService/LockAccount");
  if (!rig.broker.parts.integration.isOn) await turnOn();
});

const turnOn = () =>
  rig.owner.owner("SettingsService/PutSettings", {
    credential: { account: "Personal", password: passwordJson },
    settings: { integrationEnabled: true },
  });
const lock = () => rig.owner.owner("AccountService/LockAccount");
const revokeByUser = () =>
  rig.owner.owner("SessionService/RevokeSessions", { all: true });
const disable = () => rig.owner.owner("SettingsService/DisableIntegration");
const isLocked = () => rig.broker.parts.accounts.find("Personal")?.locked;
const sessions = () => rig.broker.parts.sessions.all();

/** It holds sooner or later. */
async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Turning off waits for what is held: it goes on, and the integration is off. */
async function turnOff(): Promise<void> {
  void disable();
  await eventually(() => !rig.broker.parts.integration.isOn);
}

async function exec(caller: Caller): Promise<void> {
  caller.tell({ do: "exec", file: process.execPath, args: caller.args });
  await caller.ready();
}

interface Meanwhile {
  readonly what: string;
  readonly happens: (caller: Caller) => Promise<unknown>;
  /** What the held call may be told; "" is no answer. */
  readonly told: string;
}

const meanwhile: readonly Meanwhile[] = [
  { what: "the account is locked", happens: lock, told: "ACCOUNT_LOCKED" },
  {
    what: "the user ends the access",
    happens: revokeByUser,
    told: "SESSION_REVOKED",
  },
  {
    what: "the program revokes it",
    happens: (caller) => caller.broker("Revoke", {}, { on: "other" }),
    told: "SESSION_REVOKED",
  },
  {
    what: "the integration is turned off",
    happens: turnOff,
    told: "SESSION_REVOKED",
  },
  {
    what: "its time runs out",
    happens: async () => rig.time.advance(600_000),
    told: "SESSION_EXPIRED",
  },
  { what: "the process becomes another program", happens: exec, told: "" },
  {
    what: "the process is killed",
    happens: (caller) => caller.kill(),
    told: "",
  },
];

describe.each<Gate>(["request-read", "answered", "collected"])(
  "a Request held at %s",
  (gate) => {
    it.each(meanwhile)(
      "brings nothing when $what (LCK-001, LCK-002, SES-001, RVK-001, PRC-003, PRC-005, EXP-011, T3, T29)",
      async ({ happens, told }) => {
        const caller = await rig.caller();
        await rig.grant(caller);
        const held = gates.hold(gate, caller.pid);
        const reading = rig.resolve(
          caller,
          "Personal",
          "assent://Dev/GitHub/token",
        );
        await held.reached;
        await happens(caller);
        held.open();
        if (told !== "") {
          const answer = await reading;
          expect([answer.code, answer.reason]).toEqual([
            "unauthenticated",
            told,
          ]);
          expect(answer.received).not.toContain(base64(canary));
          expect(answer.received).not.toContain(canary);
        }
        await eventually(() => rig.broker.parts.flights.size === 0);
        rig.broker.sweep();
        expect(sessions()).toEqual([]);
      },
    );

    it("is answered when only the password changes: access has nothing to do with it", async () => {
      const caller = await rig.caller();
      await rig.grant(caller);
      const held = gates.hold(gate, caller.pid);
      const reading = rig.resolve(
        caller,
        "Personal",
        "assent://Dev/GitHub/token",
      );
      await held.reached;
      await changePassword();
      held.open();
      expect((await reading).received).toContain(base64(canary));
    });
  },
);

describe("an answer larger than the window, unread", () => {
  it.each([
    { what: "locked", happens: lock },
    { what: "revoked by the user", happens: revokeByUser },
    { what: "turned off", happens: turnOff },
  ])(
    "goes no further than the kernel had taken it when access is $what (LCK-002, RVK-005, T29b)",
    async ({ happens }) => {
      const caller = await rig.caller();
      await rig.grant(caller);
      const calling = caller.broker(
        "Request",
        {
          account: "Personal",
          operation: {
            resolveSecrets: { references: ["assent://Dev/GitHub/blob"] },
          },
        },
        { stall: true },
      );
      await eventually(() => rig.broker.parts.flights.isWriting);
      await happens();
      await eventually(() => !rig.broker.parts.flights.isWriting);
      await calling.read();
      expect((await calling).text.length).toBeLessThan(big.length / 2);
    },
  );

  it("leaves answers of another account alone (LCK-006, T29b)", async () => {
    await rig.account("Other");
    const caller = await rig.caller();
    await rig.grant(caller);
    const calling = rig.resolve(caller, "Personal", "assent://Dev/GitHub/blob");
    await rig.owner.owner("AccountService/LockAccount", { account: "Other" });
    expect((await calling).text.length).toBeGreaterThan(big.length);
  });
});

const changePassword = () =>
  rig.owner.owner("AccountService/ChangePassword", {
    credential: { account: "Personal", password: passwordJson },
    newPassword: passwordJson,
  });

/** Begin approving, and hold the credential there. */
async function approving(caller: Caller, gate: Gate) {
  const authorizing = caller.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  if (prompt === undefined) throw new Error("no prompt");
  const held = gates.hold(gate, rig.owner.pid);
  const approved = rig.approve(prompt);
  await held.reached;
  return { authorizing, prompt, held, approved };
}

interface DuringCheck {
  readonly what: string;
  readonly happens: (
    caller: Caller,
    prompt: SeenPrompt,
    authorizing: { cancel(): Promise<void> },
  ) => Promise<unknown>;
  /** What who approves is told. */
  readonly told: string;
  /** What the program is told; "" is no answer; undefined: the prompt still stands. */
  readonly program: string | undefined;
}

const duringCheck: readonly DuringCheck[] = [
  {
    what: "the account is locked",
    happens: lock,
    told: "PROMPT_GONE",
    program: "PROMPT_DENIED",
  },
  {
    what: "the user denies",
    happens: (_, prompt) => rig.deny(prompt),
    told: "PROMPT_GONE",
    program: "PROMPT_DENIED",
  },
  {
    what: "the integration is turned off",
    happens: turnOff,
    told: "PROMPT_GONE",
    program: "INTEGRATION_DISABLED",
  },
  {
    what: "the process becomes another program",
    happens: exec,
    told: "PROMPT_GONE",
    program: undefined,
  },
  {
    what: "the process is killed",
    happens: (caller) => caller.kill(),
    told: "PROMPT_GONE",
    program: undefined,
  },
  {
    what: "the program revokes",
    happens: (caller) => caller.broker("Revoke", {}, { on: "other" }),
    told: "PROMPT_GONE",
    program: "SESSION_REVOKED",
  },
  {
    what: "the program cancels",
    happens: async (_, __, authorizing) => {
      await authorizing.cancel();
      await rig.pending(0);
    },
    told: "PROMPT_GONE",
    program: "",
  },
  {
    what: "the prompt's time runs out",
    happens: async () => {
      rig.time.advance(120_000);
      rig.broker.sweep();
    },
    told: "PROMPT_GONE",
    program: "PROMPT_TIMED_OUT",
  },
  {
    what: "the prompt's time runs out and nobody swept",
    happens: async () => rig.time.advance(120_000),
    told: "PROMPT_GONE",
    program: undefined,
  },
  {
    what: "the password changes",
    happens: changePassword,
    told: "NOT_APPROVED",
    program: undefined,
  },
];

describe.each<Gate>(["checking", "checked"])(
  "an approval held at %s",
  (gate) => {
    it.each(duringCheck)(
      "grants nothing and unlocks nothing when $what (SES-019, PRM-009, T3, T46)",
      async ({ happens, told, program }) => {
        const caller = await rig.caller();
        const { authorizing, prompt, held, approved } = await approving(
          caller,
          gate,
        );
        await happens(caller, prompt, authorizing);
        held.open();
        expect((await approved).reason).toBe(told);
        expect(sessions()).toEqual([]);
        expect(isLocked()).toBe(true);
        if (program !== undefined) {
          expect((await authorizing).reason ?? "").toBe(program);
          expect(await rig.prompts()).toEqual([]);
        }
        await caller.kill();
        await rig.pending(0);
      },
    );

    it("is void when another surface approved first: one yes, granted once (SES-019, T15, T46)", async () => {
      const caller = await rig.caller();
      const { authorizing, prompt, held, approved } = await approving(
        caller,
        gate,
      );
      const other = await rig.caller();
      await other.owner("AccountService/Authenticate", {
        credential: { account: "Personal", password: passwordJson },
      });
      const begun = await other.owner("PromptService/BeginApproval", {
        promptId: prompt.id,
        digest: prompt.digest,
        inactivityTimeout: "60s",
        method: "APPROVAL_METHOD_PASSWORD",
      });
      await other.owner("PromptService/Approve", {
        approvalId: begun.body.approvalId,
        password: passwordJson,
      });
      held.open();
      expect((await approved).reason).toBe("PROMPT_GONE");
      expect((await authorizing).body.grant.inactivityTimeout).toBe("60s");
      expect(sessions().map(({ grants }) => grants.length)).toEqual([1]);
    });

    it("is void when its surface is gone, or is another program now (T15, T46)", async () => {
      for (const leave of [(one: Caller) => one.kill(), exec]) {
        const caller = await rig.caller();
        const authorizing = caller.broker("Authorize", { account: "Personal" });
        const [prompt] = await rig.pending();
        const surface = await rig.caller();
        await surface.owner("AccountService/Authenticate", {
          credential: { account: "Personal", password: passwordJson },
        });
        const begun = await surface.owner("PromptService/BeginApproval", {
          promptId: prompt?.id,
          digest: prompt?.digest,
          method: "APPROVAL_METHOD_PASSWORD",
        });
        const held = gates.hold(gate, surface.pid);
        void surface.owner("PromptService/Approve", {
          approvalId: begun.body.approvalId,
          password: passwordJson,
        });
        await held.reached;
        const { size } = rig.broker.parts.flights;
        await leave(surface);
        await eventually(() => rig.broker.parts.flights.size < size);
        held.open();
        if (prompt) await rig.deny(prompt);
        expect((await authorizing).reason).toBe("PROMPT_DENIED");
        expect(sessions()).toEqual([]);
      }
    });
  },
);

describe("a yes on its way to the program", () => {
  it.each([...meanwhile.filter(({ told }) => told !== "")])(
    "is not told any more when $what (SES-019, LCK-002, RVK-001, T29, T46)",
    async ({ happens, told }) => {
      const caller = await rig.caller();
      const held = gates.hold("decided", caller.pid);
      const authorizing = caller.broker("Authorize", { account: "Personal" });
      const [prompt] = await rig.pending();
      if (prompt === undefined) throw new Error("no prompt");
      expect((await rig.approve(prompt)).status).toBe(200);
      await held.reached;
      await happens(caller);
      held.open();
      expect((await authorizing).reason).toBe(told);
      rig.broker.sweep();
      expect(sessions()).toEqual([]);
    },
  );

  it.each(["freezing", "decided", "answered", "collected"] as const)(
    "leaves nothing when the program is killed at %s (T3)",
    async (gate) => {
      const caller = await rig.caller();
      const held = gates.hold(gate, caller.pid);
      void caller.broker("Authorize", { account: "Personal" });
      if (gate !== "freezing") {
        const [prompt] = await rig.pending();
        if (prompt) await rig.approve(prompt);
      }
      await held.reached;
      await caller.kill();
      held.open();
      await eventually(() => rig.broker.parts.flights.size === 0);
      rig.broker.sweep();
      expect(await rig.prompts()).toEqual([]);
      expect(sessions()).toEqual([]);
    },
  );

  it("is given when another process is locked out, changed or killed meanwhile (T46)", async () => {
    const [caller, other] = [await rig.caller(), await rig.caller()];
    const { authorizing, held, approved } = await approving(caller, "checked");
    await exec(other);
    await other.kill();
    held.open();
    expect([(await approved).status, (await authorizing).status]).toEqual([
      200, 200,
    ]);
  });
});

it.each([
  ["application/json", { "connect-timeout-ms": "1" }],
  ["application/grpc+json", { "grpc-timeout": "1m" }],
])(
  "a call of %s whose deadline passes on its way has no effect (WIR-009)",
  async (type, deadline) => {
    const caller = await rig.caller();
    await rig.grant(caller, {
      account: "Personal",
      scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
    });
    const message = Buffer.from(
      JSON.stringify({
        account: "Personal",
        operation: { putVault: { vault: { name: "Late" } } },
      }),
    );
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    const body = type.includes("grpc")
      ? Buffer.concat([head, message])
      : message;
    const held = gates.hold("request-read", caller.pid);
    const calling = caller.broker(
      "Request",
      {},
      {
        raw: body.toString("base64"),
        headers: { "content-type": type, ...deadline },
      },
    );
    await held.reached;
    const passed = performance.now() + 1;
    await eventually(() => performance.now() > passed);
    held.open();
    await calling;
    const { vaults } = await rig.operate("Personal", { listVaults: {} });
    expect(vaults.vaults.map(({ name }: { name: string }) => name)).toEqual([
      "Dev",
    ]);
  },
);

it("what the owner reads does not outlive a lock either (LCK-002, T29)", async () => {
  for (const gate of ["answered", "collected"] as const) {
    const owner = await rig.caller();
    const held = gates.hold(gate, owner.pid);
    const reading: Promise<Answer> = owner.owner("VaultService/Operate", {
      credential: { account: "Personal", password: passwordJson },
      operation: {
        resolveSecrets: { references: ["assent://Dev/GitHub/token"] },
      },
    });
    await held.reached;
    await lock();
    held.open();
    const answer = await reading;
    expect(answer.reason).toBe("ACCOUNT_LOCKED");
    expect(answer.received).not.toContain(base64(canary));
  }
});
