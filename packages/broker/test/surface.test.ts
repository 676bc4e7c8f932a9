// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Answer, Caller } from "./caller.ts";
import { passwordJson, type Rig, type SeenPrompt, startRig } from "./rig.ts";

const script = fileURLToPath(new URL("surface.mjs", import.meta.url));

let rig: Rig;
afterEach(() => rig.close());

/** A broker whose own surface does this with prompts. */
async function start(does: string, isWeb = false): Promise<void> {
  const command = [process.execPath, script, does];
  rig = await startRig({ options: { surface: { command, isWeb } } });
}

/** A program asks, and the prompt is pending. */
async function asked(): Promise<[Promise<Answer>, SeenPrompt]> {
  const caller = await rig.caller();
  const calling = caller.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  if (prompt === undefined) throw new Error("no prompt");
  return [calling, prompt];
}

const log = () => rig.lines.join("\n");
const says = (text: string) =>
  expect.poll(log, { timeout: 10_000 }).toContain(text);
const starts = () => log().split("own surface has started").length - 1;

/** A connection that gave the password. */
async function trusted(): Promise<Caller> {
  const surface = await rig.caller();
  await surface.owner("AccountService/Authenticate", {
    credential: { account: "Personal", password: passwordJson },
  });
  return surface;
}
const shown = (by: Caller, { id, digest }: SeenPrompt) =>
  by.owner("PromptService/Shown", { promptId: id, digest });

describe("the broker's own surface", () => {
  it("starts when nobody shows a prompt for two seconds, and is trusted by its start (decisions 3)", async () => {
    await start("mutes");
    const [calling, prompt] = await asked();
    rig.time.runTimers(1_999);
    expect(starts()).toBe(0);
    rig.time.runTimers(1);
    expect(starts()).toBe(1);
    await says(`muted ${prompt.id}`);
    expect((await calling).reason).toBe("PROMPT_DENIED");
    const { body } = await rig.owner.owner("PromptService/ListMutes");
    expect(body.mutes).toMatchObject([{ by: "own" }]);
  });

  it("is not started again while it shows the prompt", async () => {
    await start("shows");
    const [calling, prompt] = await asked();
    rig.time.runTimers(2_000);
    await says(`shown ${prompt.id}`);
    for (let n = 0; n < 5; n += 1) rig.time.runTimers(2_000);
    expect(starts()).toBe(1);
    await rig.deny(prompt);
    await calling;
  });

  it("is started anew, after a rest, when it dies with the prompt on screen", async () => {
    await start("dies");
    const [calling, prompt] = await asked();
    rig.time.runTimers(2_000);
    await says("own surface failed");
    await expect
      .poll(() => {
        rig.time.runTimers(2_000);
        return starts();
      })
      .toBe(2);
    await rig.deny(prompt);
    await calling;
  });

  it("ends with the broker", async () => {
    await start("swallows");
    const [, prompt] = await asked();
    rig.time.runTimers(2_000);
    await says(`swallowed ${prompt.id}`);
    const pid = Number(/surface has started.*?pid=(\d+)/.exec(log())?.[1]);
    expect(process.kill(pid, 0)).toBe(true);
    await rig.restart();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("that opens a browser starts only while the setting says so", async () => {
    await start("shows", true);
    const set = (webSurface: boolean) =>
      rig.owner.owner("SettingsService/PutSettings", {
        credential: { account: "Personal", password: passwordJson },
        settings: { integrationEnabled: true, webSurface },
      });
    await set(false);
    const [calling, prompt] = await asked();
    rig.time.runTimers(4_000);
    expect(starts()).toBe(0);
    expect(log()).toContain("answer with assent watch");
    await set(true);
    rig.time.runTimers(2_000);
    await says(`shown ${prompt.id}`);
    await rig.deny(prompt);
    await calling;
  });
});

describe("a prompt that others follow", () => {
  it("is not kept from the user by a trusted watcher that never shows it (T43)", async () => {
    await start("shows");
    const watcher = await trusted();
    const watching = watcher.watch("PromptService/WatchPrompts", {
      surface: "swallower",
    });
    const [calling, prompt] = await asked();
    await watching.next((event) => event.prompts?.length === 1);
    rig.time.runTimers(2_000);
    await says(`shown ${prompt.id}`);
    await rig.deny(prompt);
    await calling;
  });

  it("is neither read nor passed off as shown by a process of the user that is not trusted (T42, T43)", async () => {
    await start("shows");
    const stranger = await rig.caller();
    const [calling, prompt] = await asked();
    const watching = stranger.watch("PromptService/WatchPrompts", {});
    expect((await watching.next()).error.code).toBe("unauthenticated");
    expect((await shown(stranger, prompt)).reason).toBe("CREDENTIAL_REQUIRED");
    rig.time.runTimers(2_000);
    await says(`shown ${prompt.id}`);
    await rig.deny(prompt);
    await calling;
  });

  it("counts as shown by the digest of what is asked alone (T43, PRM-010)", async () => {
    await start("shows");
    const surface = await trusted();
    const [calling, prompt] = await asked();
    const other = Buffer.alloc(32, 7).toString("base64");
    const wrong = await shown(surface, { ...prompt, digest: other });
    expect(wrong.reason).toBe("DIGEST_MISMATCH");
    rig.time.runTimers(2_000);
    expect(starts()).toBe(1);
    await rig.deny(prompt);
    await calling;
  });

  it("starts nothing once a trusted surface shows it, until that surface is gone", async () => {
    await start("shows");
    const surface = await trusted();
    const [calling, prompt] = await asked();
    expect((await shown(surface, prompt)).status).toBe(200);
    for (let n = 0; n < 5; n += 1) rig.time.runTimers(2_000);
    expect(starts()).toBe(0);
    await surface.kill();
    await expect
      .poll(() => {
        rig.time.runTimers(2_000);
        return starts();
      })
      .toBe(1);
    await says(`shown ${prompt.id}`);
    await rig.deny(prompt);
    await calling;
  });
});

it("without a surface of its own the broker tells once that a prompt waits, and how to answer", async () => {
  rig = await startRig();
  const [calling, prompt] = await asked();
  const told = () => log().split("answer with assent watch").length - 1;
  for (let n = 0; n < 5; n += 1) rig.time.runTimers(2_000);
  expect(told()).toBe(1);
  await rig.deny(prompt);
  await calling;
  const [again, next] = await asked();
  rig.time.runTimers(2_000);
  expect(told()).toBe(2);
  await rig.deny(next);
  await again;
});
