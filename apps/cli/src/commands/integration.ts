// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, takesHome, withExamples } from "../options.ts";
import {
  type AccountOptions,
  type HomeOptions,
  withCredential,
  withOwner,
} from "../owner/session.ts";

/** `assent integration`: whether programs can ask at all. */
export function addIntegrationCommands(program: Command, io: Io): void {
  const integration = program
    .command("integration")
    .description("whether programs can ask for access");
  withExamples(
    takesCredential(
      integration
        .command("on")
        .description("let programs ask; takes the password of any account"),
    ),
    "assent integration on",
  ).action((options: AccountOptions) =>
    withCredential(io, options, async ({ owner, credential }) => {
      const { settings } = await owner.settings.getSettings({});
      await owner.settings.putSettings({
        credential,
        settings: { ...settings, integrationEnabled: true },
      });
      await writeLine(
        io.stdout,
        "The integration is on. Answer requests with: assent watch",
      );
    }),
  );
  withExamples(
    takesHome(
      integration
        .command("off")
        .description("end all access, and refuse programs without asking you"),
    ),
    "assent integration off",
  ).action((options: HomeOptions) =>
    withOwner(io, options, async (owner) => {
      await owner.settings.disableIntegration({});
      await writeLine(
        io.stdout,
        "The integration is off. All access has ended.",
      );
    }),
  );
}
