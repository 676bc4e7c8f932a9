// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Caller } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { that } from "../case/check.ts";
import { promptOf } from "../case/prompted.ts";
import type { World } from "../case/world.ts";

/** Numbers differ from process to process. */
function linesOf(text: string): readonly string[] {
  return text.replaceAll(/\d+/g, "#").split("\n");
}

/** What the user is shown when it asks; undefined: the broker refused. */
async function shownFor(
  world: World,
  caller: Caller,
): Promise<readonly string[] | undefined> {
  const leaving = new AbortController();
  const asked = caller.authorize({ signal: leaving.signal });
  const prompt = await promptOf(world, asked);
  leaving.abort();
  await asked;
  if (prompt === undefined) return undefined;
  await world.user.ended(prompt);
  return linesOf(prompt.shownText);
}

/** Processes of one program, of which the last asks when the file is another or gone. */
function afterChange(change: (path: string) => void): Case {
  return {
    needs: { nativeCaller: true },
    async run(world) {
      const place = {
        kind: "c",
        folder: join(world.folder, "place"),
        name: "program",
      } as const;
      const intact = [await world.caller(place), await world.caller(place)];
      const caller = await world.caller(place);
      const usual = new Set<string>();
      for (const one of intact) {
        const lines = (await shownFor(world, one)) ?? [];
        that("a prompt is shown while the file is there", lines.length > 0);
        for (const line of lines) usual.add(line);
      }
      change(caller.process.executable);
      const lines = await shownFor(world, caller);
      that(
        "the prompt says that the file is not what runs",
        lines === undefined || lines.some((line) => !usual.has(line)),
        "it reads as for a file that is",
      );
    },
  };
}

/** Programs whose file is no longer the one they run. */
export const processBinaryCases: Cases = {
  "binary-replaced": afterChange((path) => {
    copyFileSync("/bin/true", `${path}.new`);
    renameSync(`${path}.new`, path);
  }),
  "binary-deleted": afterChange((path) => rmSync(path)),
};
