// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { type Io, write } from "../io.ts";
import { takesHome, takesJson, withExamples } from "../options.ts";
import type { JsonOptions } from "../output.ts";
import type { HomeOptions } from "../owner/session.ts";
import { installService } from "../service/install.ts";
import { refuseEndpoint, unitsFor } from "../service/installation.ts";
import { removeService } from "../service/remove.ts";
import { showService } from "../service/state.ts";

interface ForceOptions extends HomeOptions {
  readonly force?: boolean;
}

/** `assent service`: the broker as a service of the user, kept by systemd. */
export function addServiceCommands(program: Command, io: Io): void {
  const service = program
    .command("service")
    .description("run the broker as a service of yours, kept by systemd");
  withExamples(
    takesForce(
      service
        .command("install")
        .description("write the units, and start the broker with them")
        .option("--print", "show the units and change nothing"),
    ),
    "assent service install",
    "assent service install --print",
  ).action(async (options: ForceOptions & { print?: boolean }) => {
    refuseEndpoint(io, options.home);
    const units = unitsFor(io, options.home);
    if (options.print !== true) {
      return installService(io, units, options);
    }
    const texts = units.map(({ path, text }) => `# ${path}\n${text}`);
    await write(io.stdout, texts.join("\n"));
  });
  withExamples(
    takesForce(
      service
        .command("remove")
        .description("stop the broker and remove the units; your data stays"),
    ),
    "assent service remove",
  ).action((options: ForceOptions) => removeService(io, options));
  withExamples(
    takesJson(
      takesHome(
        service
          .command("status")
          .description("whether the units are there, and what runs"),
      ),
    ),
    "assent service status",
  ).action((options: HomeOptions & JsonOptions) => showService(io, options));
}

function takesForce(command: Command): Command {
  return takesHome(command).option(
    "--force",
    "also where a unit of that name was written by somebody else",
  );
}
