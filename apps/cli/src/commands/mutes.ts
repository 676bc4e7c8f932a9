// SPDX-License-Identifier: Apache-2.0
import { type Mute, MuteReachSchema } from "@assent/protocol/owner";
import { durationText, makeSafe, muteText } from "@assent/wording";
import { timestampDate, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, takesJson, withExamples } from "../options.ts";
import { type JsonOptions, writeJson } from "../output.ts";
import { type AccountOptions, withTrust } from "../owner/session.ts";

/** `assent mutes` and `assent unmute`: programs that may not ask, and letting them again. */
export function addMuteCommands(program: Command, io: Io): void {
  withExamples(
    takesJson(
      takesCredential(
        program
          .command("mutes")
          .description("programs that are refused without asking you"),
      ),
    ),
    "assent mutes",
  ).action((options: AccountOptions & JsonOptions) => listMutes(io, options));
  withExamples(
    takesCredential(
      program
        .command("unmute")
        .argument("<id>", "of the mute, as assent mutes tells it")
        .description("let a muted program ask again"),
    ),
    "assent unmute abcdefghijklmnopqrstuvwxyz",
  ).action((id: string, options: AccountOptions) =>
    withTrust(io, options, async ({ owner }) => {
      await owner.prompts.removeMute({ muteId: id });
      await writeLine(io.stdout, "It may ask again.");
    }),
  );
}

async function listMutes(
  io: Io,
  options: AccountOptions & JsonOptions,
): Promise<void> {
  await withTrust(io, options, async ({ owner }) => {
    const { mutes } = await owner.prompts.listMutes({});
    if (options.json) return writeJson(io, mutes.map(muteJson));
    if (mutes.length === 0) return writeLine(io.stdout, "Nothing is muted.");
    for (const mute of mutes) {
      await writeLine(io.stdout, describeMute(mute, io.now()).join("\n"));
    }
  });
}

/** A mute in lines, and how to undo it. */
export function describeMute(mute: Mute, nowMs: number): string[] {
  const { id, process, until, by } = mute;
  const leftMs = until === undefined ? 0 : timestampMs(until) - nowMs;
  return [
    muteText(mute),
    `  ${makeSafe(process?.path ?? "")}, process ${process?.pid ?? 0}`,
    `  For another ${durationText(leftMs)}; muted by ${makeSafe(by)}`,
    `  Undo it with: assent unmute ${makeSafe(id)}`,
  ];
}

function muteJson({ id, process, reach, until, by }: Mute): object {
  return {
    id,
    program: process && {
      pid: process.pid,
      name: process.name,
      path: process.path,
    },
    reach: MuteReachSchema.value[reach]?.localName ?? String(reach),
    until: until && timestampDate(until).toISOString(),
    by,
  };
}
