// SPDX-License-Identifier: Apache-2.0
import { existsSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { Reason } from "@assent/protocol";
import { Capability, Fault, type Prompt } from "@assent/protocol/conformance";
import { deepFolder } from "../caller/placed-caller.ts";
import type { Caller } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed, refused, that } from "../case/check.ts";
import type { World } from "../case/world.ts";

const needs = {
  control: [Capability.PROMPT_RECORDS],
  nativeCaller: true,
} as const;

/** Asks; the prompt that came, denied since, or undefined when it was refused without one. */
async function shownFor(
  world: World,
  caller: Caller,
): Promise<Prompt | undefined> {
  const asked = caller.authorize();
  const over = asked.then(() => undefined);
  const prompts = await Promise.race([world.user.pending(), over]);
  if (prompts !== undefined) await world.user.decide(prompts[0], "deny");
  notServed("Authorize", await asked);
  return prompts?.[0];
}

/** Characters that change what is seen of others, or are not seen. */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: They are looked for.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** Fails unless each part is to be read, nothing hidden is left, and what was hidden is told. */
function isEscaped(
  { shownProcessName, shownProcessPath, shownText }: Prompt,
  path: string,
): void {
  const stripped = path.replaceAll(new RegExp(hidden, "g"), "");
  const shown = {
    "the name": [shownProcessName, basename(stripped)],
    "the path": [shownProcessPath, stripped],
  } as const;
  for (const [what, [text, without]] of Object.entries(shown)) {
    that(`${what} hides nothing`, !hidden.test(text), JSON.stringify(text));
    that(
      `${what} tells that something was hidden`,
      text.length > without.length,
      JSON.stringify(text),
    );
    const last = path.slice(path.lastIndexOf("/") + 1);
    for (const part of last.split(new RegExp(`${hidden.source}+`))) {
      that(`${what} has what can be read`, text.includes(part), text);
    }
  }
  const text = shownText.replaceAll("\n", " ");
  that("nothing that is shown hides", !hidden.test(text), JSON.stringify(text));
  // A line of its own would pass for one of the prompt.
  that(
    "the path is on one line",
    shownText.split("\n").some((line) => line.includes(shownProcessPath)),
  );
}

function escapes(...names: readonly string[]): Case {
  return {
    needs,
    async run(world) {
      for (const name of names) {
        const caller = await world.caller({ name });
        const prompt = await shownFor(world, caller);
        that("a prompt is shown", prompt !== undefined);
        isEscaped(prompt, caller.process.executable);
      }
    },
  };
}

/** Whether the system lets the broker's user see what a process runs. */
function canBeSeen({ process }: Caller): boolean {
  try {
    readlinkSync(`/proc/${process.pid}/exe`);
    return true;
  } catch {
    return false;
  }
}

/** What a prompt makes of names that are meant to deceive, and of programs that nobody can name. */
export const hostileCases: Cases = {
  "escape-newline-ansi": escapes(
    "good\nAccount: Other",
    "good\u001b[2Jevil",
    "good\u0007evil",
    "good\revil\ttab\u0085next",
  ),
  "escape-bidi": escapes(
    "good\u202egpj.evil",
    "good\u2066evil\u2069end",
    "good\u200bevil",
    "good\u200d\ufeffevil",
    "good\u2028evil\u2029end",
  ),
  "long-path-tail": {
    needs,
    async run(world) {
      const name = "the-last-component";
      const folder = deepFolder(world.folder, name, 4_000);
      const caller = await world.caller({ folder, name });
      const prompt = await shownFor(world, caller);
      that("a prompt is shown", prompt !== undefined);
      const { shownProcessPath, shownProcessName, shownText } = prompt;
      that("at the end", shownProcessPath.endsWith(`/${name}`));
      equal("the name", shownProcessName, name);
      that("in what is shown", shownText.includes(`/${name}`));
    },
  },
  "non-utf8-path": {
    needs,
    async run(world) {
      const seen: string[] = [];
      for (const byte of [0xff, 0xfe, 0xc3]) {
        const name = Buffer.from([0x67, 0x6f, byte, 0x6f, 0x64]);
        const caller = await world.caller({ name });
        const prompt = await shownFor(world, caller);
        // Who cannot be named may be refused.
        if (prompt === undefined) continue;
        const { shownProcessName, shownProcessPath } = prompt;
        that("the name begins", shownProcessName.startsWith("go"));
        that("and ends", shownProcessName.endsWith("od"), shownProcessName);
        that("as the path", shownProcessPath.endsWith(shownProcessName));
        that(
          "with something between",
          shownProcessName.length > "good".length,
          shownProcessName,
        );
        seen.push(shownProcessName);
      }
      equal("names told apart", new Set(seen).size, seen.length);
    },
  },
  "no-exe-refused": {
    needs,
    async run(world) {
      const caller = await world.caller({ kind: "c" });
      await caller.process.hide();
      const prompt = await shownFor(world, caller);
      if (canBeSeen(caller)) {
        // For root nothing is hidden: then it must be the truth.
        const { executable } = caller.process;
        if (prompt) equal("the path", prompt.shownProcessPath, executable);
      } else that("no prompt is shown", prompt === undefined);
      if (!world.described.capabilities.includes(Capability.FAULTS)) return;
      await world.user.decides("approve");
      const before = (await world.user.prompts()).length;
      const unknown = await world.caller();
      const fault = Fault.IDENTITY_LOOKUP_FAILS;
      await world.control.injectFault({ fault, times: 1 });
      const answer = await unknown.authorize();
      // Its connection may be refused.
      if (answer.kind !== "broken") {
        const { PEER_UNIDENTIFIED } = Reason;
        refused("Authorize", answer, "permission_denied", PEER_UNIDENTIFIED);
      }
      equal("prompts", (await world.user.prompts()).length, before);
    },
  },
  "memfd-exe": {
    needs,
    async run(world) {
      const caller = await world.caller({ kind: "c" });
      await caller.process.exec("", ["caller"], [], { memfd: true });
      const prompt = await shownFor(world, caller);
      if (prompt === undefined) return;
      const { shownProcessPath } = prompt;
      that(
        "it does not pass for a file",
        !existsSync(shownProcessPath) && shownProcessPath.includes("memfd"),
        shownProcessPath,
      );
    },
  },
};
