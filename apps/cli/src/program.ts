// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addAccountCommands } from "./commands/account.ts";
import { addActivityCommand } from "./commands/activity.ts";
import { addApproveCommand } from "./commands/approve.ts";
import { addBrokerCommands } from "./commands/broker.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addDenyCommand } from "./commands/deny.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addExportCommand } from "./commands/export.ts";
import { addGenerateCommands } from "./commands/generate.ts";
import { addImportCommand } from "./commands/import.ts";
import { addInjectCommand } from "./commands/inject.ts";
import { addIntegrationCommands } from "./commands/integration.ts";
import { addItemCommands } from "./commands/item.ts";
import { addLockCommand } from "./commands/lock.ts";
import { addMuteCommands } from "./commands/mutes.ts";
import { addPageCommands } from "./commands/page.ts";
import { addPromptsCommand } from "./commands/prompts.ts";
import { addReadCommand } from "./commands/read.ts";
import { addRunCommand } from "./commands/run.ts";
import { addServiceCommands } from "./commands/service.ts";
import { addSessionCommands } from "./commands/sessions.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addSurfaceCommand } from "./commands/surface.ts";
import { addUiCommand } from "./commands/ui.ts";
import { addVaultCommands } from "./commands/vault.ts";
import { addWatchCommand } from "./commands/watch.ts";
import { type CommandError, exitCodes, exitCodesHelp } from "./exit.ts";
import { toCommandError } from "./failure.ts";
import { type Io, writeLine } from "./io.ts";
import { JobEnded } from "./job/child.ts";

const introduction = `Lets programs use your secrets only after you said yes.

Begin with:
  $ assent broker run                 the daemon; leave it running
  $ assent account create Personal    in another terminal
  $ assent integration on             let programs ask
  $ assent watch                      answer them here, or in a browser: assent ui`;

function version(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string })
    .version;
}

/** Every command of `assent`. */
export function createProgram(io: Io): Command {
  const program = new Command("assent")
    .description(introduction)
    .version(version(), "--version", "version of this program")
    .addHelpText("after", `\n${exitCodesHelp}`)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "assent: ")),
    });
  addBrokerCommands(program, io);
  addServiceCommands(program, io);
  addStatusCommand(program, io);
  addDoctorCommand(program, io, version());
  addAccountCommands(program, io);
  addLockCommand(program, io);
  addVaultCommands(program, io);
  addItemCommands(program, io);
  addIntegrationCommands(program, io);
  addWatchCommand(program, io);
  addUiCommand(program, io);
  addPageCommands(program, io);
  addPromptsCommand(program, io);
  addApproveCommand(program, io);
  addDenyCommand(program, io);
  addMuteCommands(program, io);
  addSessionCommands(program, io);
  addActivityCommand(program, io);
  addReadCommand(program, io);
  addRunCommand(program, io);
  addInjectCommand(program, io);
  addImportCommand(program, io);
  addExportCommand(program, io);
  addGenerateCommands(program, io);
  addCompletionCommand(program, io);
  addSurfaceCommand(program, io);
  return program;
}

/**
 * Run one command line, without the program's own name in it. Never throws:
 * a failure is told on stderr, and as the exit code.
 */
export async function run(io: Io, args: readonly string[]): Promise<number> {
  try {
    await createProgram(io).parseAsync(args, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has told it already; asking for help is no failure.
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    if (error instanceof JobEnded) {
      if (error.signal !== undefined) io.endBy(error.signal);
      return error.exitCode;
    }
    return tell(io, toCommandError(error));
  }
}

async function tell(io: Io, failure: CommandError): Promise<number> {
  const lines = [`assent: ${failure.message}`];
  if (failure.hint !== undefined) lines.push(`  ${failure.hint}`);
  await writeLine(io.stderr, lines.join("\n")).catch(() => {});
  return failure.exitCode;
}
