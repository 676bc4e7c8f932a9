// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { PeerBinding } from "../../src/peer/binding.ts";
import { createBinding } from "../../src/peer/platform.ts";
import { SystemCallError } from "../../src/peer/system-error.ts";
import type { Answer } from "../caller.ts";
import { passwordJson, type Rig, type SeenPrompt, startRig } from "../rig.ts";
import {
  compileCaller,
  type NativeCaller,
  type NativeOptions,
  startNative,
} from "./native-caller.ts";

/** What a kernel can tell about the other end of a socket. */
export type Kernel = "now" | "before 6.5";

/** The value that every scene's vault holds. */
export const secret = "canary-scenario";

/** What an authorized program asks with `Request`. */
export const reading: object = {
  account: "Personal",
  operation: {
    resolveSecrets: { references: ["assent://Dev/GitHub/token"] },
  },
};

/** What a program asks with `Authorize`. */
export const asking: object = { account: "Personal" };

/** A broker with one secret, and native programs that call it. */
export interface Scene {
  readonly rig: Rig;
  /** For programs and the like; removed with the scene. */
  readonly directory: string;
  /** A native program of its own file, or another program that becomes one. */
  native(program?: string, options?: NativeOptions): Promise<NativeCaller>;
  /** The same, connected to the programs' socket. */
  connected(program?: string, options?: NativeOptions): Promise<NativeCaller>;
  /** It asks; the prompt for it. The answer is for `receive`. */
  ask(caller: NativeCaller): Promise<SeenPrompt>;
  /** It asks and the user approves; the prompt there was. */
  grant(caller: NativeCaller): Promise<SeenPrompt>;
  /** It reads the secret. */
  read(caller: NativeCaller): Promise<Answer>;
  /** Sessions that are live. */
  sessions(): number;
  /** Kinds and causes of what the account's log has, newest first. */
  log(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Start a scene on this kernel, or as it would be on an older one. */
export async function startScene(kernel: Kernel = "now"): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), "assent-scene-"));
  chmodSync(directory, 0o755);
  const callers: NativeCaller[] = [];
  const rig = await startRig({ options: { binding: await bindingOf(kernel) } });
  const vault = await rig.vault("Personal", "Dev");
  await rig.item("Personal", vault, "GitHub", { token: secret });
  let program: string | undefined;
  const scene: Scene = {
    rig,
    directory,
    async native(path, options) {
      program ??= compileCaller(directory);
      const started = await startNative(path ?? program, options);
      callers.push(started);
      return started;
    },
    async connected(path, options) {
      const started = await scene.native(path, options);
      const answer = await started.do(`connect ${rig.places.brokerSocket}`);
      if (answer !== "ok") throw new Error(answer);
      return started;
    },
    async ask(caller) {
      await caller.send("Authorize", asking);
      const [prompt] = await rig.pending();
      if (prompt === undefined) throw new Error("no prompt");
      return prompt;
    },
    async grant(caller) {
      const prompt = await scene.ask(caller);
      const approved = await rig.approve(prompt);
      const answer = await caller.receive();
      if (answer.body?.grant === undefined) {
        throw new Error(`${approved.text} ${answer.text}`);
      }
      return prompt;
    },
    read: (caller) => caller.call("Request", reading),
    sessions: () => rig.broker.parts.sessions.all().length,
    async log() {
      const watching = rig.owner.watch("ActivityService/ListActivity", {
        account: "Personal",
        credential: {
          account: "Personal",
          password: passwordJson,
        },
      });
      const entries: Record<string, unknown>[] = [];
      for (;;) {
        const event = await watching.next();
        if (event.eventJson === undefined) return entries;
        entries.push(JSON.parse(event.eventJson));
      }
    },
    async close() {
      await Promise.all(callers.map((caller) => caller.end()));
      await rig.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return scene;
}

async function bindingOf(kernel: Kernel): Promise<PeerBinding> {
  const binding = await createBinding();
  if (kernel === "now") return binding;
  return {
    ...binding,
    peerPidfd() {
      throw new SystemCallError("SO_PEERPIDFD", constants.errno.ENOPROTOOPT);
    },
  };
}
