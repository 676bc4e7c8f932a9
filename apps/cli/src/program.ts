// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { type CommandFile, filesFor } from "./command-files.ts";
import { CommandError, exitCodes, exitCodesHelp } from "./exit.ts";
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

/** The program `assent`, with the commands of these files. */
export async function createProgram(
  io: Io,
  files: readonly CommandFile[],
): Promise<Command> {
  const ownVersion = version();
  const program = new Command("assent")
    .description(introduction)
    .version(ownVersion, "--version", "version of this program")
    .addHelpText("after", `\n${exitCodesHelp}`)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "assent: ")),
    });
  const adding = await Promise.all(files.map((file) => file.load()));
  for (const add of adding) add(program, io, ownVersion);
  return program;
}

/**
 * Run one command line, without the program's own name in it. Never throws:
 * a failure is told on stderr, and as the exit code.
 */
export async function run(io: Io, args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(io, filesFor(args));
    await program.parseAsync(args, { from: "user" });
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
    if (error instanceof CommandError) return tell(io, error);
    // Only now: it knows the errors of the broker and of the connection.
    const { toCommandError } = await import("./failure.ts");
    return tell(io, toCommandError(error));
  }
}

async function tell(io: Io, failure: CommandError): Promise<number> {
  const lines = [`assent: ${failure.message}`];
  if (failure.hint !== undefined) lines.push(`  ${failure.hint}`);
  await writeLine(io.stderr, lines.join("\n")).catch(() => {});
  return failure.exitCode;
}
