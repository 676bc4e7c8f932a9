// SPDX-License-Identifier: Apache-2.0
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, InvalidArgumentError } from "commander";
import { type Io, writeLine } from "../io.ts";
import { lengthOfTime, takesCredential, withExamples } from "../options.ts";
import { type AccountOptions, withOwner, withTrust } from "../owner/session.ts";
import { describeMute } from "./mutes.ts";

interface DenyOptions extends AccountOptions {
  /** Milliseconds. */
  readonly mute?: number;
}

/** `assent deny`: needs nothing but the prompt's id; muting needs a password. */
export function addDenyCommand(program: Command, io: Io): void {
  withExamples(
    takesCredential(
      program
        .command("deny")
        .argument("<id>", "of the prompt, as assent prompts tells it")
        .option(
          "--mute <time>",
          "also refuse the program without asking, for at most 1h; takes your password",
          muteTime,
        )
        .description("deny a request; ends every waiting call of the program"),
    ),
    "assent deny abcdefghijklmnopqrstuvwxyz",
    "assent deny abcdefghijklmnopqrstuvwxyz --mute 15m",
  ).action((id: string, options: DenyOptions) => deny(io, id, options));
}

async function deny(io: Io, id: string, options: DenyOptions): Promise<void> {
  const { mute: ms } = options;
  if (ms === undefined) {
    return withOwner(io, options, async (owner) => {
      await owner.prompts.deny({ promptId: id });
      await writeLine(io.stdout, "Denied. Nothing was given.");
    });
  }
  await withTrust(io, options, async ({ owner }) => {
    const { mute } = await owner.prompts.deny({
      promptId: id,
      mute: durationFromMs(ms),
    });
    const lines = mute === undefined ? [] : describeMute(mute, io.now());
    await writeLine(
      io.stdout,
      ["Denied. Nothing was given.", ...lines].join("\n"),
    );
  });
}

function muteTime(text: string): number {
  const ms = lengthOfTime(text);
  if (ms > 3_600_000) throw new InvalidArgumentError("An hour is the longest.");
  return ms;
}
