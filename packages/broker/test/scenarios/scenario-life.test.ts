// SPDX-License-Identifier: Apache-2.0
// What becomes of an authorization when its process ends, becomes another
// program, or leaves its connection to others. Rows A to C, but for those that
// choose process ids (scenario-reuse.test.ts).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Warning } from "@assent/protocol/owner";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { testWhen, until, works } from "../../src/peer/processes.fixture.ts";
import type { Answer } from "../caller.ts";
import {
  blockUntil,
  executableOf,
  isAsleep,
  parentOf,
  stateOf,
} from "./meanwhile.ts";
import {
  callBytes,
  compileCaller,
  type NativeCaller,
} from "./native-caller.ts";
import {
  asking,
  type Kernel,
  type Scene,
  secret,
  startScene,
} from "./scene.ts";

const it = testWhen(
  works("gcc", "--version"),
  "a C compiler: apt-get install gcc",
);
const kernels: readonly Kernel[] = ["now", "before 6.5"];

describe.each(kernels)("on a kernel of %s,", (kernel) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene(kernel);
  });
  afterAll(() => scene.close());

  const sweep = () => scene.rig.broker.sweep();
  const canary = Buffer.from(secret).toString("base64");

  /** Served as the program that was approved. */
  function expectServed(answer: Answer): void {
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain(canary);
  }

  /** No answer, or one that tells that the process is not the one. */
  function expectRefused(answer: Answer): void {
    expect(answer.text).not.toContain(canary);
    expect(answer.status).not.toBe(200);
    if (answer.status !== 0) expect(answer.reason).toBe("PROCESS_CHANGED");
  }

  async function expectSessionEnded(cause: string): Promise<void> {
    sweep();
    expect(scene.sessions()).toBe(0);
    const ends = (await scene.log()).filter((e) => e.kind === "session-ended");
    expect(ends[0]?.cause).toBe(cause);
  }

  /** It connects and asks while nothing can be accepted, and then `meanwhile` comes about. */
  async function connectBeforeAccept(
    caller: NativeCaller,
    commands: readonly string[],
    meanwhile: () => boolean,
  ): Promise<void> {
    const go = join(scene.directory, `go-${caller.pid}`);
    const socket = scene.rig.places.brokerSocket;
    for (const command of [
      `wait ${go}`,
      `connect ${socket}`,
      `send ${callBytes("Authorize", asking)}`,
      ...commands,
    ]) {
      caller.tell(command);
    }
    writeFileSync(go, "");
    blockUntil(meanwhile);
    expect(await caller.line()).toBe("ok");
    expect(await caller.line()).toBe("ok");
    expect(await caller.line()).toBe("ok");
  }

  it("A3: one that exited before it was accepted, and is a zombie, is refused unread (PRC-006)", async () => {
    const caller = await scene.native();
    const [, pid] = (await caller.do("fork")).split(" ");
    await connectBeforeAccept(
      caller,
      ["keep", "exit"],
      () => stateOf(Number(pid)) === "Z",
    );
    expect(await caller.line()).toMatch(/^kept/);
    expect(await caller.line()).toBe("lost 0");
    expect(await scene.rig.prompts()).toEqual([]);
  });

  it("B1: exec of another program ends the authorization, on the old connection and on new ones (PRC-005, PRC-012, T2)", async () => {
    const caller = await scene.connected();
    await scene.grant(caller);
    expectServed(await scene.read(caller));
    const other = compileCaller(scene.directory, "other");
    expect(await caller.do(`exec ${other}`)).toBe(`ready ${caller.pid}`);
    expect(executableOf(caller.pid)).toBe(other);
    const answer = await scene.read(caller);
    expect(answer.reason).toBe("PROCESS_CHANGED");
    // The connection ends with that answer.
    expect((await scene.read(caller)).status).toBe(0);
    await expectSessionEnded("process-replaced");
    // What runs now is asked about anew, by its own name.
    await caller.do(`connect ${scene.rig.places.brokerSocket}`);
    expect((await scene.read(caller)).reason).toBe("AUTHORIZATION_REQUIRED");
    const { body } = await scene.ask(caller);
    expect(body.process?.name).toBe("other");
    await caller.end();
    sweep();
  });

  it("B1: exec while the user is asked voids the approval (PRC-005, SES-019, T2)", async () => {
    const caller = await scene.connected();
    const prompt = await scene.ask(caller);
    const other = compileCaller(scene.directory, "other");
    expect(await caller.do(`exec ${other}`)).toBe(`ready ${caller.pid}`);
    expect((await scene.rig.approve(prompt)).code).toBeDefined();
    expect(scene.sessions()).toBe(0);
    expect((await caller.receive()).body?.grant).toBeUndefined();
    await caller.end();
    sweep();
  });

  it("B2: exec of the same program ends the authorization (PRC-005, T2)", async () => {
    const caller = await scene.connected();
    await scene.grant(caller);
    const same = executableOf(caller.pid);
    expect(await caller.do(`exec ${same}`)).toBe(`ready ${caller.pid}`);
    expectRefused(await scene.read(caller));
    await expectSessionEnded("process-replaced");
    await caller.end();
  });

  it("B3: exec of the same program with an empty environment ends the authorization (PRC-005, T2)", async () => {
    const caller = await scene.connected(undefined, { env: {} });
    await scene.grant(caller);
    const same = executableOf(caller.pid);
    expect(await caller.do(`exec ${same}`)).toBe(`ready ${caller.pid}`);
    expectRefused(await scene.read(caller));
    await expectSessionEnded("process-replaced");
    await caller.end();
  });

  it("B3: exec ends the authorization though a sibling keeps the old memory alive (PRC-005, T2)", async () => {
    const other = compileCaller(scene.directory, "other");
    for (const next of ["same", "other"]) {
      const caller = await scene.connected();
      await scene.grant(caller);
      expect(await caller.do("sibling")).toBe("ok");
      const program = next === "same" ? executableOf(caller.pid) : other;
      expect(await caller.do(`exec ${program}`)).toBe(`ready ${caller.pid}`);
      expectRefused(await scene.read(caller));
      await expectSessionEnded("process-replaced");
      await caller.end();
    }
  });

  testWhen(
    works("gcc", "--version") && works("setarch", "-R", "true"),
    "a C compiler and setarch: apt-get install gcc util-linux",
  )(
    "B3: an exec passes unnoticed where the system places programs alike and a sibling keeps the old memory: Linux cannot tell (T2)",
    async () => {
      const program = compileCaller(scene.directory, "placed");
      // As the exec will give it, so that its stack begins where it did.
      const args = ["-R", program, "4"];
      const caller = await scene.connected("setarch", { args });
      await scene.grant(caller);
      expect(await caller.do("sibling")).toBe("ok");
      expect(await caller.do(`exec ${program}`)).toBe(`ready ${caller.pid}`);
      expectServed(await scene.read(caller));
      await caller.end();
      sweep();
    },
  );

  it("C1: a child that speaks on the connection after its parent exited is refused (PRC-004, PRC-006, T4b)", async () => {
    const caller = await scene.connected();
    await scene.grant(caller);
    expect(await caller.do("leave")).toMatch(/^child/);
    expectRefused(await scene.read(caller));
    await expectSessionEnded("process-exited");
    await caller.end();
  });

  it("C2: while the program lives, a child that has its connection is answered as the program: Linux cannot tell (T4)", async () => {
    const caller = await scene.connected();
    await scene.grant(caller);
    const [, child] = (await caller.do("fork")).split(" ");
    expect(Number(child)).not.toBe(caller.pid);
    expectServed(await scene.read(caller));
    // Its own connection is its own: it inherits nothing (PRC-004).
    await caller.do(`connect ${scene.rig.places.brokerSocket}`);
    expect((await scene.read(caller)).reason).toBe("AUTHORIZATION_REQUIRED");
    await caller.end();
    sweep();
  });

  it("C2: a connection that is passed on by SCM_RIGHTS is served as the program while that lives, then refused (PRC-006, T4, T4b)", async () => {
    const giver = await scene.connected();
    await scene.grant(giver);
    const taker = await scene.native();
    const place = join(scene.directory, `pass-${giver.pid}`);
    taker.tell(`take ${place}`);
    expect(await giver.do(`pass ${place}`)).toBe("ok");
    expect(await taker.line()).toBe("ok");
    expectServed(await scene.read(taker));
    // What is logged is the program that was approved, since nothing else is known.
    const [request] = (await scene.log()).filter((e) => e.kind === "request");
    expect(request?.process).toMatchObject({ pid: giver.pid });
    await giver.end();
    expectRefused(await scene.read(taker));
    await expectSessionEnded("process-exited");
    await taker.end();
  });

  it("C3: the first to write need not be who connected: who connected is asked about (PRC-001, T4)", async () => {
    const caller = await scene.connected();
    expect(await caller.do("fork")).toMatch(/^child/);
    const { body } = await scene.ask(caller);
    expect(body.process?.pid).toBe(caller.pid);
    await caller.end();
    sweep();
  });

  it("C4: one that connects and then becomes a daemon is refused (PRC-006, T4b)", async () => {
    const caller = await scene.connected();
    expect(await caller.do("daemonise")).toMatch(/^child/);
    expectRefused(await caller.call("Authorize", asking));
    expect(await scene.rig.prompts()).toEqual([]);
    await caller.end();
    sweep();
  });

  it("C5: one that becomes a daemon and then connects is served, whoever its parent is now", async () => {
    const caller = await scene.native();
    const [, daemon] = (await caller.do("daemonise")).split(" ");
    expect(parentOf(Number(daemon))).not.toBe(process.pid);
    await caller.do(`connect ${scene.rig.places.brokerSocket}`);
    const { body } = await scene.grant(caller);
    expect(body.process?.pid).toBe(Number(daemon));
    expectServed(await scene.read(caller));
    await caller.end();
    await until(() => !["R", "S"].includes(stateOf(Number(daemon)) ?? ""));
    await expectSessionEnded("process-exited");
  });

  it("D1: a decoy is shown, and its child gets the secret: Linux cannot tell", async () => {
    const caller = await scene.native();
    await connectBeforeAccept(caller, ["decoy /bin/sleep 1000"], () =>
      isAsleep(caller.pid),
    );
    expect(await caller.line()).toMatch(/^child/);
    const [prompt] = await scene.rig.pending();
    // The kernel's word for who connected, and what that runs now.
    expect(prompt?.body.process?.pid).toBe(caller.pid);
    expect(prompt?.body.process?.path).toBe(executableOf(caller.pid));
    // All there is to warn of: nobody has seen it before.
    expect(prompt?.body.warnings).toContain(Warning.FIRST_SEEN);
    if (prompt) await scene.rig.approve(prompt);
    expect((await caller.receive()).body?.grant).toBeDefined();
    expectServed(await scene.read(caller));
    await caller.end();
    sweep();
  });

  it("T3: one that is killed while it waits, while it is approved, and after, leaves no prompt and no grant (PRC-003, SES-019, T3)", async () => {
    const points: readonly ((caller: NativeCaller) => Promise<unknown>)[] = [
      async (caller) => {
        await caller.send("Authorize", asking);
        await caller.end();
      },
      async (caller) => {
        const prompt = await scene.ask(caller);
        await caller.end();
        expect((await scene.rig.approve(prompt)).code).toBeDefined();
      },
      async (caller) => {
        const prompt = await scene.ask(caller);
        const approving = scene.rig.approve(prompt);
        await caller.end();
        await approving;
      },
      async (caller) => {
        await scene.grant(caller);
        await caller.end();
      },
    ];
    for (const killAt of points) {
      await killAt(await scene.connected());
      await scene.rig.pending(0);
      sweep();
      expect(await scene.rig.prompts()).toEqual([]);
      expect(scene.sessions()).toBe(0);
    }
  });

  if (kernel === "before 6.5") {
    it("marks an identity that the kernel does not vouch for, in the prompt and in every entry of the log", async () => {
      const caller = await scene.connected();
      const { body } = await scene.grant(caller);
      expect(body.warnings).toContain(Warning.WEAK_IDENTITY);
      expectServed(await scene.read(caller));
      const entries = (await scene.log()).filter(
        (e) => (e.process as { pid?: number })?.pid === caller.pid,
      );
      expect(entries.map((e) => e.kind)).toEqual(
        expect.arrayContaining(["request", "granted", "prompt-created"]),
      );
      for (const entry of entries) {
        expect(entry.process).toMatchObject({ identity: "weak" });
      }
      await caller.end();
      sweep();
    });
  } else {
    it("does not mark an identity that the kernel vouches for", async () => {
      const caller = await scene.connected();
      const { body } = await scene.grant(caller);
      expect(body.warnings).not.toContain(Warning.WEAK_IDENTITY);
      expect(JSON.stringify(await scene.log())).not.toContain("weak");
      await caller.end();
      sweep();
    });
  }
});
