// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesHome, withExamples } from "../options.ts";
import { type HomeOptions, withOwner } from "../owner/session.ts";

/** `assent lock`: lock everything, asking nothing. */
export function addLockCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("lock")
        .description("lock all accounts: ends all access at once"),
    ),
    "assent lock",
  ).action((options: HomeOptions) =>
    withOwner(io, options, async (owner) => {
      await owner.accounts.lockAccount({ account: "" });
      await writeLine(io.stdout, "All accounts are locked.");
    }),
  );
}
