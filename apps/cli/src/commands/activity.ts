// SPDX-License-Identifier: Apache-2.0
import type { ListActivityResponse } from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import {
  positive,
  takesCredential,
  takesJson,
  withExamples,
} from "../options.ts";
import type { JsonOptions } from "../output.ts";
import { type AccountOptions, withCredential } from "../owner/session.ts";

interface ActivityOptions extends AccountOptions, JsonOptions {
  readonly broker?: boolean;
  readonly follow?: boolean;
  readonly limit?: number;
}

/** `assent activity`: what happened with an account. */
export function addActivityCommand(program: Command, io: Io): void {
  withExamples(
    takesJson(
      takesCredential(
        program
          .command("activity")
          .option("--broker", "what happened without an account, instead")
          .option("--follow", "go on with what happens now")
          .option("--limit <number>", "at most this many", positive)
          .description("what happened with an account, newest first"),
      ),
    ),
    "assent activity --limit 20",
    "assent activity --follow --json",
    "assent activity --broker",
  ).action((options: ActivityOptions) => showActivity(io, options));
}

async function showActivity(io: Io, options: ActivityOptions): Promise<void> {
  const follow = options.follow === true;
  const signal = follow ? io.interruptSignal() : undefined;
  await withCredential(io, options, async ({ owner, account, credential }) => {
    const entries = owner.activity.listActivity(
      { account: options.broker ? "" : account.id, follow, credential },
      signal && { signal },
    );
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    try {
      for await (const entry of entries) {
        if (left-- <= 0) return;
        await writeLine(io.stdout, options.json ? line(entry) : row(entry));
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  });
}

function row({ at, text }: ListActivityResponse): string {
  const time = at ? timestampDate(at).toISOString().slice(0, 19) : "";
  return `${time.replace("T", " ")}Z  ${makeSafe(text)}`;
}

// One object a line, so that it can be followed.
function line({ sequence, at, text, eventJson }: ListActivityResponse): string {
  return JSON.stringify({
    sequence: Number(sequence),
    at: at && timestampDate(at).toISOString(),
    text,
    event: JSON.parse(eventJson),
  });
}
