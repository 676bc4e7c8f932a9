// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  it,
  vi,
} from "vitest";
import { type Caller, callerScript } from "./caller.ts";
import { passwordJson, type Rig, type SeenPrompt, startRig } from "./rig.ts";

let rig: Rig;
let directory: string;
/** Of a name that runs no scripts, as far as anybody can tell. */
let deploy: string;

beforeAll(async () => {
  rig = await startRig();
  directory = mkdtempSync(join(tmpdir(), "assent-mute-"));
  deploy = join(directory, "deploy-cli");
  copyFileSync(process.execPath, deploy);
});
afterEach(async () => {
  for (const { id } of await mutes()) {
    await rig.owner.owner("PromptService/RemoveMute", { muteId: id });
  }
  rig.time.advance(120_000);
});
afterAll(async () => {
  await rig.close();
  rmSync(directory, { recursive: true });
});

const ask = (caller: Caller) =>
  caller.broker("Authorize", { account: "Personal" });

// biome-ignore lint/suspicious/noExplicitAny: JSON of the mutes, judged by the tests.
async function mutes(by: Caller = rig.owner): Promise<any[]> {
  return (await by.owner("PromptService/ListMutes")).body.mutes ?? [];
}

/** The one prompt that waits. */
async function onlyPrompt(): Promise<SeenPrompt> {
  const [prompt] = await rig.pending();
  if (prompt === undefined) throw new Error("no prompt");
  return prompt;
}

const deny = (prompt: SeenPrompt, mute?: string) =>
  rig.owner.owner("PromptService/Deny", {
    promptId: prompt.id,
    ...(mute === undefined ? {} : { mute }),
  });

/** It asks, and is denied and muted. */
async function mute(caller: Caller, time = "3600s") {
  const calling = ask(caller);
  const denied = await deny(await onlyPrompt(), time);
  expect(denied.status, denied.text).toBe(200);
  expect((await calling).reason).toBe("PROMPT_DENIED");
  return denied.body.mute;
}

/** It asks, and somebody is asked. */
async function isAsked(caller: Caller): Promise<void> {
  const calling = ask(caller);
  await deny(await onlyPrompt());
  expect((await calling).reason).toBe("PROMPT_DENIED");
}

async function isRefused(caller: Caller): Promise<void> {
  const answer = await ask(caller);
  expect([answer.code, answer.reason]).toEqual([
    "resource_exhausted",
    "TOO_MANY_PROMPTS",
  ]);
  expect(await rig.prompts()).toEqual([]);
}

describe("a muted program (T23)", () => {
  it("is refused without a prompt in every process of its executable, until the time is over", async () => {
    const first = await rig.caller({ file: deploy });
    expect(await mute(first, "60s")).toMatchObject({
      reach: "MUTE_REACH_EXECUTABLE",
      process: { name: "deploy-cli", path: deploy, pid: first.pid },
    });
    await isRefused(first);
    await isRefused(await rig.caller({ file: deploy }));
    rig.time.advance(59_999);
    await isRefused(first);
    rig.time.advance(1);
    await isAsked(await rig.caller({ file: deploy }));
  });

  it("is told what a process with too many prompts is told, and nothing else", async () => {
    const muted = await rig.caller({ file: deploy });
    await mute(muted);
    const noisy = await rig.caller();
    for (let n = 0; n < 3; n += 1) await isAsked(noisy);
    const answers = await Promise.all([ask(muted), ask(noisy)]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(answers[0]?.reason).toBe("TOO_MANY_PROMPTS");
  });

  it("is another one once its file was replaced: it asks again, and gains nothing else", async () => {
    const file = join(directory, "replaced");
    copyFileSync(process.execPath, file);
    await mute(await rig.caller({ file }));
    copyFileSync(process.execPath, join(directory, "newer"));
    renameSync(join(directory, "newer"), file);
    await isAsked(await rig.caller({ file }));
  });

  it("has all its other waiting calls denied", async () => {
    const callers = [
      await rig.caller({ file: deploy }),
      await rig.caller({ file: deploy }),
    ];
    const calling = callers.map(ask);
    const [prompt] = await rig.pending(2);
    if (prompt) await deny(prompt, "60s");
    const answers = await Promise.all(calling);
    expect(answers.map(({ reason }) => reason)).toEqual([
      "PROMPT_DENIED",
      "PROMPT_DENIED",
    ]);
    expect(await rig.prompts()).toEqual([]);
  });

  it("keeps the access that it has: a mute takes nothing, and gives nothing", async () => {
    const caller = await rig.caller({ file: deploy });
    await rig.grant(caller);
    const wider = caller.broker("Authorize", {
      account: "Personal",
      scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
    });
    await deny(await onlyPrompt(), "60s");
    expect((await wider).reason).toBe("PROMPT_DENIED");
    expect((await ask(caller)).status).toBe(200);
    await caller.broker("Revoke");
    await isRefused(caller);
  });
});

describe("an interpreter (T51)", () => {
  it("is muted in that process, and not in another", async () => {
    const muted = await rig.caller();
    expect((await mute(muted)).reach).toBe("MUTE_REACH_PROCESS");
    await isRefused(muted);
    await isAsked(await rig.caller());
  });

  it("cannot shed a mute by connecting anew", async () => {
    const muted = await rig.caller();
    await mute(muted);
    const covers = vi.spyOn(rig.broker.parts.mutes, "covers");
    const numbers = new Set<number>();
    // Until the broker forgot it and knows it under another number.
    while (numbers.size < 2) {
      await isRefused(muted);
      for (const [peer] of covers.mock.calls) numbers.add(peer.number);
      await muted.act({ do: "close", on: "broker" });
      await mutes();
      rig.broker.sweep();
    }
    covers.mockRestore();
  });

  it("cannot shed a mute, or a back-off, by an exec", async () => {
    const muted = await rig.caller();
    await mute(muted);
    await becomes(muted);
    await isRefused(muted);
    const noisy = await rig.caller();
    for (let n = 0; n < 3; n += 1) await isAsked(noisy);
    await isRefused(noisy);
    await becomes(noisy);
    await isRefused(noisy);
  });
});

describe("who may mute, and undo it (decisions 8)", () => {
  it("is a trusted surface: to others nothing is denied, listed or undone", async () => {
    const { id } = await mute(await rig.caller({ file: deploy }));
    const stranger = await rig.caller();
    const calling = ask(await rig.caller());
    const prompt = await onlyPrompt();
    const answers = [
      await stranger.owner("PromptService/Deny", {
        promptId: prompt.id,
        mute: "60s",
      }),
      await stranger.owner("PromptService/ListMutes"),
      await stranger.owner("PromptService/RemoveMute", { muteId: id }),
    ];
    expect(answers.map(({ reason }) => reason)).toEqual([
      "CREDENTIAL_REQUIRED",
      "CREDENTIAL_REQUIRED",
      "CREDENTIAL_REQUIRED",
    ]);
    expect(await rig.prompts()).toHaveLength(1);
    expect(await mutes()).toHaveLength(1);
    await deny(prompt);
    await calling;
  });

  it.each(["0s", "-60s", "3600.001s", "86400s"])(
    "is nobody for %s: more than nothing, at most an hour, else nothing happens",
    async (time) => {
      const calling = ask(await rig.caller());
      const prompt = await onlyPrompt();
      expect((await deny(prompt, time)).reason).toBe("INVALID");
      expect(await rig.prompts()).toHaveLength(1);
      await deny(prompt, "3600s");
      await calling;
    },
  );

  it("sees who is muted until when, and undoes it", async () => {
    const caller = await rig.caller({ file: deploy });
    const told = await mute(caller, "900s");
    const until = new Date(rig.time.clock.wallMs() + 900_000).toISOString();
    expect(Date.parse(told.until)).toBe(Date.parse(until));
    expect(await mutes()).toEqual([told]);
    const undo = () =>
      rig.owner.owner("PromptService/RemoveMute", { muteId: told.id });
    expect((await undo()).status).toBe(200);
    expect(await mutes()).toEqual([]);
    expect((await undo()).reason).toBe("NOT_FOUND");
    await isAsked(caller);
  });
});

it("a mute and its end are written down, with who did it", async () => {
  const { id } = await mute(await rig.caller({ file: deploy }), "900s");
  await rig.owner.owner("PromptService/RemoveMute", { muteId: id });
  const watching = rig.owner.watch("ActivityService/ListActivity", {
    account: "Personal",
    credential: { account: "Personal", password: passwordJson },
  });
  const unmuted = JSON.parse((await watching.next()).eventJson);
  const muted = JSON.parse((await watching.next()).eventJson);
  const by = `process ${rig.owner.pid}`;
  const process = { name: "deploy-cli", path: deploy };
  expect(unmuted).toMatchObject({ kind: "unmuted", by, process });
  expect(muted).toMatchObject({
    kind: "muted",
    by,
    process,
    reach: "executable",
    seconds: 900,
  });
  await watching.cancel();
});

it("mutes end with the broker", async () => {
  const caller = await rig.caller({ file: deploy });
  await mute(caller);
  await rig.restart();
  expect(await mutes()).toEqual([]);
  await isAsked(await rig.caller({ file: deploy }));
});

async function becomes(caller: Caller): Promise<void> {
  const again = caller.ready();
  caller.tell({ do: "exec", file: process.execPath, args: [callerScript] });
  await again;
}
