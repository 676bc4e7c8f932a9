// SPDX-License-Identifier: Apache-2.0
import { Capability, PromptState } from "@assent/protocol/conformance";
import type { Cases } from "../case/case.ts";
import { equal, notServed, refused } from "../case/check.ts";
import { read } from "../case/operations.ts";
import {
  chosen,
  namespaceNeeds,
  reap,
  withPidNamespace,
} from "./process-pid-reuse.ts";

/** A prompt is of the process that asked, not of its number. */
export const promptPidReuseCases: Cases = {
  "exit-pid-reuse-approve": {
    needs: { ...namespaceNeeds, control: [Capability.PROMPT_RECORDS] },
    run: (outside) =>
      withPidNamespace(async (namespace) => {
        const within = (command: readonly [string, ...string[]]) =>
          namespace.inside(command, "SIGTERM");
        await outside.elsewhere({ within }, async (world) => {
          const parent = await world.caller({
            kind: "c",
            within: namespace.inside,
          });
          const fork = async () =>
            world.callerOf(await parent.process.fork({ pid: chosen }));
          const before = await fork();
          const asked = before.authorize();
          const [prompt] = await world.user.pending();
          equal("the process of the prompt", prompt.pid, chosen);
          await before.process.exit();
          notServed("Authorize", await asked);
          await reap(parent.process, chosen);
          const after = await fork();
          equal("process id", after.process.pid, before.process.pid);
          const tookEffect = await world.user.decide(prompt, "approve");
          equal("the late approval took effect", tookEffect, false);
          refused(
            "Request of the second",
            await after.request(read(world.item("i1"))),
            "unauthenticated",
          );
          const state = await world.user.ended(prompt);
          equal("the prompt", state, PromptState.WITHDRAWN);
        });
      }),
  },
};
