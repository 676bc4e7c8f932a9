// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, withExamples } from "../options.ts";
import { type AccountOptions, withCredential } from "../owner/session.ts";

const told = {
  on: "A request that nothing shows opens a page, where a window can come up.",
  off: "Requests open no page. Answer them with: assent watch, or assent ui",
} as const;

/** `assent page`: whether a request that nothing shows opens a page. */
export function addPageCommands(program: Command, io: Io): void {
  const page = program
    .command("page")
    .description("whether requests open a page in your browser by themselves");
  const add = (state: keyof typeof told, description: string) =>
    withExamples(
      takesCredential(page.command(state).description(description)),
      `assent page ${state}`,
    ).action((options: AccountOptions) =>
      withCredential(io, options, async ({ owner, credential }) => {
        const { settings } = await owner.settings.getSettings({});
        await owner.settings.putSettings({
          credential,
          settings: { ...settings, webSurface: state === "on" },
        });
        await writeLine(io.stdout, told[state]);
      }),
    );
  add(
    "on",
    "open one for a request that nothing shows; takes the password of any account",
  );
  add(
    "off",
    "open none: requests are shown where you watch; takes the password of any account",
  );
}
