// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Caller, callerScript } from "./caller.ts";
import { passwordJson, type Rig, startRig } from "./rig.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  const dev = await rig.vault("Personal", "Dev");
  await rig.item("Personal", dev, "GitHub", { token: "canary-process" });
});
afterAll(() => rig.close());

const read = (caller: Caller) =>
  rig.resolve(caller, "Personal", "assent://Dev/GitHub/token");
async function granted(): Promise<Caller> {
  const caller = await rig.caller();
  await rig.grant(caller);
  return caller;
}

describe("an authorization", () => {
  it("ends with its process, however it went (PRC-003)", async () => {
    const caller = await granted();
    const { sessions } = rig.broker.parts;
    expect(sessions.all()).toHaveLength(1);
    await caller.kill("SIGKILL");
    rig.broker.sweep();
    expect(sessions.all()).toEqual([]);
  });

  it("is not inherited by a child, nor given to a parent (PRC-004)", async () => {
    const parent = await granted();
    // A caller that another caller's Node starts is a process of its own.
    const child = await rig.caller({
      file: "/bin/sh",
      args: ["-c", `exec "$0" "$1"`, process.execPath, callerScript],
    });
    expect((await read(child)).reason).toBe("AUTHORIZATION_REQUIRED");
    expect((await read(parent)).status).toBe(200);
    const approvedChild = await granted();
    const other = await rig.caller();
    expect((await read(approvedChild)).status).toBe(200);
    expect((await read(other)).code).toBe("unauthenticated");
  });

  it("does not survive an exec of the same program, with the same process id (PRC-005, PRC-012, T2)", async () => {
    const caller = await granted();
    expect((await read(caller)).status).toBe(200);
    const again = caller.ready();
    caller.tell({ do: "exec", file: process.execPath, args: [callerScript] });
    await again;
    const answer = await read(caller);
    expect(answer.code).toBe("unauthenticated");
    expect(answer.reason).toBe("AUTHORIZATION_REQUIRED");
  });

  it("is not given to a process that execs while the user is asked (PRC-005, SES-019, T2)", async () => {
    const caller = await rig.caller();
    caller.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    const again = caller.ready();
    caller.tell({ do: "exec", file: process.execPath, args: [callerScript] });
    await again;
    if (prompt) expect((await rig.approve(prompt)).code).toBeDefined();
    await rig.pending(0);
    expect((await read(caller)).code).toBe("unauthenticated");
  });
});

const python = "/usr/bin/python3";
const withPython = existsSync(python) ? describe : describe.skip;
withPython(
  "a connection that outlives who opened it; NOT RUN without: apt-get install python3",
  () => {
    const authorizeThenRead = [
      "v1.BrokerService/Authorize",
      { account: "Personal" },
      "v1.BrokerService/Request",
      {
        account: "Personal",
        operation: {
          resolveSecrets: { references: ["assent://Dev/GitHub/token"] },
        },
      },
    ] as const;

    /** A process whose connection a child keeps; lines of both. */
    function orphan(
      mode: "ask" | "answered",
      socket = rig.places.brokerSocket,
      calls: readonly [string, object, string, object] = authorizeThenRead,
    ) {
      const [first, firstBody, second, secondBody] = calls;
      const child = spawn(
        python,
        [
          fileURLToPath(new URL("orphan.py", import.meta.url)),
          socket,
          mode,
          first,
          JSON.stringify(firstBody),
          second,
          JSON.stringify(secondBody),
        ],
        { stdio: ["pipe", "pipe", "inherit"] },
      );
      const lines = createInterface({ input: child.stdout })[
        Symbol.asyncIterator
      ]();
      return {
        child,
        next: async () => String((await lines.next()).value),
        say: () => child.stdin.write("go\n"),
      };
    }

    it("gets no grant when the user says yes after its process is gone (PRC-006, SES-019, T3)", async () => {
      const { child, next, say } = orphan("ask");
      expect(await next()).toBe("ready");
      const [prompt] = await rig.pending();
      const held = rig.broker.parts.sessions.all().length;
      const gone = once(child, "exit");
      say();
      expect(await next()).toBe("child");
      await gone;
      if (prompt)
        expect((await rig.approve(prompt)).reason).toBe("PROMPT_GONE");
      expect(rig.broker.parts.sessions.all()).toHaveLength(held);
      say();
      expect(await next()).not.toContain("grant");
    });

    it("carries no authority: the child is not served (PRC-004, PRC-006, PRC-012, T4b)", async () => {
      const { child, next, say } = orphan("answered");
      const [prompt] = await rig.pending();
      if (prompt) await rig.approve(prompt);
      expect(await next()).toContain('"grant"');
      expect(await next()).toBe("ready");
      const gone = once(child, "exit");
      say();
      expect(await next()).toBe("child");
      await gone;
      say();
      const answer = await next();
      expect(answer).not.toContain("resolvedSecrets");
      expect(answer).toMatch(/closed|PROCESS_CHANGED|unauthenticated/);
    });

    it("is trusted with nothing of the owner's any more (PRC-006, T4b)", async () => {
      const { child, next, say } = orphan("answered", rig.places.ownerSocket, [
        "owner.v1.AccountService/Authenticate",
        { credential: { account: "Personal", password: passwordJson } },
        "owner.v1.SessionService/ListSessions",
        {},
      ]);
      expect(await next()).toContain("idleTimeout");
      expect(await next()).toBe("ready");
      const gone = once(child, "exit");
      say();
      expect(await next()).toBe("child");
      await gone;
      say();
      expect(await next()).toMatch(/closed|unauthenticated/);
    });
  },
);

it("every process is asked about by itself, threads and connections of one are one (PRC-008, PRC-010)", async () => {
  const [one, other] = [await rig.caller(), await rig.caller()];
  const calls = [
    one.broker("Authorize", { account: "Personal" }, { on: "a" }),
    one.broker("Authorize", { account: "Personal" }, { on: "b" }),
    other.broker("Authorize", { account: "Personal" }),
  ];
  const prompts = await rig.pending(2);
  expect(prompts.map((p) => p.body.process?.pid).sort()).toEqual(
    [one.pid, other.pid].sort(),
  );
  for (const prompt of prompts) await rig.deny(prompt);
  await Promise.all(calls);
});

// Only root can start a process of another user.
const asOther = process.getuid?.() === 0 ? it : it.skip;
asOther(
  "a process of another user is refused before anything is read of it (PRC-009); NOT RUN unless root: sudo npm test",
  async () => {
    // Even if the directory let it through: the socket itself tells who it is.
    const open = (mode: string) =>
      execFileSync("chmod", [mode, rig.home, rig.places.runtimeDirectory]);
    open("0711");
    execFileSync("chmod", ["0666", rig.places.brokerSocket]);
    try {
      const caller = await rig.caller({ spawn: { uid: 65534, gid: 65534 } });
      const answer = await caller.broker("Revoke");
      expect(answer.status).toBe(0);
      expect(answer.text).toBe("");
    } finally {
      execFileSync("chmod", ["0600", rig.places.brokerSocket]);
      open("0700");
    }
  },
);

describe("a restart of the broker", () => {
  it("leaves no authorization (CHN-005)", async () => {
    const own = await startRig();
    try {
      await own.vault("Personal", "Dev");
      const caller = await own.caller();
      await own.grant(caller);
      const use = () =>
        caller.broker(
          "Request",
          { account: "Personal", operation: { listVaults: {} } },
          { on: `${Math.random()}` },
        );
      expect((await use()).status).toBe(200);
      await own.restart();
      expect((await use()).reason).toBe("AUTHORIZATION_REQUIRED");
    } finally {
      await own.close();
    }
  });
});
