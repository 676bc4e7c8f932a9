// SPDX-License-Identifier: Apache-2.0
import { symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { BrokerService } from "@assent/protocol";
import { Capability, type Prompt } from "@assent/protocol/conformance";
import { create } from "@bufbuild/protobuf";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import type { Caller } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { equal, notServed, served, that } from "../case/check.ts";
import type { World } from "../case/world.ts";
import { ControlError } from "../control/control.ts";

const records = { control: [Capability.PROMPT_RECORDS] } as const;
const placed = { ...records, nativeCaller: true } as const;

/** Has a caller ask, looks at the prompt, and denies it. */
async function shownFor(
  world: World,
  caller: Caller,
  ...options: Parameters<Caller["authorize"]>
): Promise<Prompt> {
  const asked = caller.authorize(...options);
  const [prompt] = await world.user.pending();
  await world.user.decide(prompt, "deny");
  notServed("Authorize", await asked);
  return prompt;
}

/** Fails unless the prompt names what the system says of the process. */
function showsProcess(prompt: Prompt, path: string): void {
  equal("the path shown", prompt.shownProcessPath, path);
  equal("the name shown", prompt.shownProcessName, basename(path));
  that("all that is shown has the path", prompt.shownText.includes(path));
}

/** Letters of other scripts that look like Latin ones, as those. */
function withoutLookAlikes(text: string): string {
  const from = "АВЕКМНОРСТХаеорсухѕіј";
  const to = "ABEKMHOPCTXaeopcyxsij";
  return [...text]
    .map((one) => to[[...from].indexOf(one)] ?? one)
    .join("")
    .normalize("NFKC");
}

/** What a prompt tells: who asks, for which account, for what, for how long. */
export const shownCases: Cases = {
  "account-name": {
    needs: records,
    async run(world) {
      for (const { id, name } of [world.acct1, world.acct2]) {
        const caller = await world.caller();
        const prompt = await shownFor(world, caller, { account: id });
        that("the name is shown", prompt.shownAccount.includes(name));
        that("in what is shown", prompt.shownText.includes(name));
      }
    },
  },
  "account-name-homograph": {
    needs: records,
    async run(world) {
      const account = (displayName: string) => ({
        displayName,
        credential: `canary-credential-${displayName.length}-${world.acct1.id}`,
        items: [{ vault: "V", title: "x", value: "x" }],
      });
      await world.control.seed({ accounts: [account("Savings")] });
      let twin: string | undefined;
      try {
        // Its letters e, o and a are Cyrillic ones.
        const accounts = [account("Pеrsоnаl")];
        twin = (await world.control.seed({ accounts })).accountIds[0];
      } catch (error) {
        // A broker that does not take such a name shows none.
        if (!(error instanceof ControlError)) throw error;
        return;
      }
      const caller = await world.caller();
      const first = await shownFor(world, caller);
      const second = await shownFor(world, caller, { account: twin ?? "" });
      that(
        "the two can be told apart",
        withoutLookAlikes(first.shownText) !==
          withoutLookAlikes(second.shownText),
        "both look the same",
      );
    },
  },
  "process-name-path": {
    needs: placed,
    async run(world) {
      const caller = await world.caller({ name: "assent-caller-7" });
      const prompt = await shownFor(world, caller);
      showsProcess(prompt, caller.process.executable);
      equal("the process", prompt.pid, caller.process.pid);
    },
  },
  "path-through-symlink": {
    needs: placed,
    async run(world) {
      const link = join(world.folder, "trusted-link");
      let real = "";
      const caller = await world.caller({
        name: "real-program",
        within: ([program, ...args]) => {
          real = program;
          symlinkSync(program, link);
          return [link, ...args];
        },
      });
      showsProcess(await shownFor(world, caller), real);
    },
  },
  "path-relative-argv0": {
    needs: placed,
    async run(world) {
      const caller = await world.caller({ argv0: "/usr/bin/trusted" });
      const prompt = await shownFor(world, caller);
      showsProcess(prompt, caller.process.executable);
    },
  },
  "process-title": {
    needs: placed,
    async run(world) {
      const caller = await world.caller({ kind: "c" });
      await caller.process.title("Trusted");
      const prompt = await shownFor(world, caller);
      showsProcess(prompt, caller.process.executable);
    },
  },
  "client-stated-name": {
    needs: records,
    async run(world) {
      const caller = await world.caller();
      const { input } = BrokerService.method.authorize;
      const { integration, purpose } = create(input, {
        integration: { name: "Trusted", version: "7" },
        purpose: "/usr/bin/trusted (pid 1) asks",
      });
      const prompt = await shownFor(world, caller, {
        message: { purpose, ...(integration ? { integration } : {}) },
        headers: {
          "user-agent": "HeaderName/1.0",
          "x-process-name": "HeaderName",
          "x-process-path": "/usr/bin/header-path",
          "x-pid": "1",
          forwarded: "for=HeaderName",
        },
      });
      showsProcess(prompt, caller.process.executable);
      equal("the process", prompt.pid, caller.process.pid);
      that(
        "no header is shown",
        !/HeaderName|header-path/.test(prompt.shownText),
        prompt.shownText,
      );
    },
  },
  "cwd-and-env": {
    needs: placed,
    async run(world) {
      const caller = await world.caller({
        cwd: "/usr/bin",
        env: {
          PATH: "/opt/trusted/bin",
          HOME: "/home/trusted",
          PWD: "/opt/trusted",
          _: "/opt/trusted/bin/trusted",
        },
      });
      showsProcess(await shownFor(world, caller), caller.process.executable);
    },
  },
  "scope-shown": {
    needs: records,
    async run(world) {
      const ask = async (vaults: readonly string[], write = false) =>
        (
          await shownFor(world, await world.caller(), {
            scope: { vaults, write },
          })
        ).shownScope;
      const both = await ask(["V1", "V2"]);
      that("V1 is shown", both.includes("V1"), both);
      that("V2 is shown", both.includes("V2"), both);
      const one = await ask(["V1"]);
      that("V1 alone is shown", one.includes("V1"), one);
      that("V2 is not shown", !one.includes("V2"), one);
      that("writing is shown", (await ask(["V1"], true)) !== one, one);
      const { reference } = world.item("i1");
      const references = await shownFor(world, await world.caller(), {
        scope: { references: [reference] },
      });
      const { shownScope } = references;
      for (const part of ["V1", "i1", "value"]) {
        that(`${part} is shown`, shownScope.includes(part), shownScope);
      }
    },
  },
  "duration-shown": {
    needs: records,
    async run(world) {
      const texts = new Set<string>();
      for (const minutes of [10, 7, 2]) {
        const caller = await world.caller();
        const inactivityTimeout = durationFromMs(minutes * 60_000);
        const asked = caller.authorize(
          minutes === 10 ? {} : { message: { inactivityTimeout } },
        );
        const [prompt] = await world.user.pending();
        await world.user.decide(prompt, "approve");
        const answer = await asked;
        served("Authorize", answer);
        const granted = answer.message.grant?.inactivityTimeout;
        equal("granted", granted && durationMs(granted), minutes * 60_000);
        const { shownDuration } = prompt;
        that(
          `${minutes} minutes are shown`,
          new RegExp(`\\b(${minutes}|${minutes * 60})\\b`).test(shownDuration),
          shownDuration,
        );
        that(
          "in what is shown",
          prompt.shownText.includes(shownDuration),
          prompt.shownText,
        );
        texts.add(shownDuration);
      }
      equal("different texts", texts.size, 3);
    },
  },
};
