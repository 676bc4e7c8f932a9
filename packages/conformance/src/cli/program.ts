// SPDX-License-Identifier: Apache-2.0
import { Argument, Command, CommanderError, Option } from "commander";
import { ImplementationError } from "../implementation/broker-process.ts";
import { type Form, forms } from "../report/write-reports.ts";
import { exits } from "../run/conclusion.ts";
import { UsageError } from "../run/selection.ts";
import { DriverError } from "../sdk/driver-process.ts";
import {
  type SelftestCommandOptions,
  selftestCommand,
} from "../selftest/command.ts";
import { type BothOptions, runBoth } from "./both.ts";
import { type BrokerOptions, runBroker } from "./broker.ts";
import { init, report, templateNames } from "./derive.ts";
import type { Io } from "./io.ts";
import { doctor, explain, list } from "./look-up.ts";
import {
  addBrokerOptions,
  addRunOptions,
  addSdkOptions,
  positive,
} from "./options.ts";
import { replayArguments } from "./replay.ts";
import { runSdk, type SdkOptions } from "./sdk.ts";

/** Runs the command line: what comes after the program's name; the exit code. */
export async function run(io: Io, args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("assent-conformance")
    .description("Proves that a broker or an SDK keeps the rules of Assent.")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showHelpAfterError("(--help says what there is)");
  const does =
    <A extends readonly unknown[]>(action: (...args: A) => Promise<number>) =>
    async (...given: A) => {
      code = await action(...given);
    };

  addBrokerOptions(
    addRunOptions(
      program
        .command("broker")
        .description("try a broker: it is started, and told where to serve")
        .argument("[command...]", "what starts it, after --"),
    ),
  ).action(
    does((command: readonly string[], options: BrokerOptions) =>
      runBroker(io, command, options),
    ),
  );

  addSdkOptions(
    addRunOptions(
      program
        .command("sdk")
        .description("try an SDK: its driver is started, and told what to do")
        .argument("[command...]", "what starts its driver, after --"),
    ),
  ).action(
    does((command: readonly string[], options: SdkOptions) =>
      runSdk(io, command, options),
    ),
  );

  addSdkOptions(
    addBrokerOptions(
      addRunOptions(
        program
          .command("both")
          .description("try a broker and an SDK in one run, with one report")
          .argument("[commands...]", "after --: driver… ---- broker…"),
      ),
    ),
  ).action(
    does((commands: readonly string[], options: BothOptions) =>
      runBoth(io, commands, options),
    ),
  );

  program
    .command("list")
    .description("which cases there are")
    .argument("[pattern]", "of their names", "**")
    .option("--clause <pattern...>", "only cases of these clauses")
    .option("--json", "everything about them")
    .action(
      does(async (pattern: string, options: object) =>
        list(io, pattern, options),
      ),
    );

  program
    .command("explain")
    .description("what a case does and must find, or what a clause says")
    .argument("<name>", "session/deny, or SES-003")
    .action(does(async (name: string) => explain(io, name)));

  program
    .command("replay")
    .description("run one case again as it was, with every call told")
    .argument("<results#case>", "as results.json#session/deny")
    .action(
      does(async (which: string) => await run(io, replayArguments(which))),
    );

  const reporting = program
    .command("report")
    .description("make reports from results.json")
    .argument("<results>", "results.json of a run");
  for (const form of forms) {
    reporting.option(`--${form} <file>`, "written there; - is standard output");
  }
  reporting.action(
    does(async (file: string, options: Partial<Record<Form, string>>) =>
      report(io, file, options),
    ),
  );

  program
    .command("init")
    .description("write a file to begin with")
    .addArgument(new Argument("<what>", "which").choices(templateNames))
    .option("--to <file>", "another place; - is standard output")
    .addOption(
      new Option("--lang <language>", "of a driver")
        .choices(["ts", "python"])
        .default("ts"),
    )
    .action(
      does(
        async (
          what: Parameters<typeof init>[1],
          {
            to,
            lang,
          }: { readonly to?: string; readonly lang: "ts" | "python" },
        ) => init(io, what, to, lang),
      ),
    );

  program
    .command("doctor")
    .description("what this machine can run, and what would bring the rest")
    .action(does(() => doctor(io)));

  program
    .command("selftest")
    .description(
      "try the suite itself, on the broken implementations that assent-conformance.json names",
    )
    .option("--mutant <id...>", "only these; nothing that is not broken")
    .option("--checks", "only what has to be so of the suite itself; seconds")
    .option("--unbroken", "only that, and what is not broken")
    .option(
      "--rounds <number>",
      "of all cases on what is not broken; the last while the CPU is busy",
      positive,
      3,
    )
    .option("--parallel <number>", "implementations at once", positive, 2)
    .option("--timeout <seconds>", "of one case", positive, 60)
    .option("--seed <text>", "of order and of what is random")
    .option("--first", "one case that notices a mutant is enough")
    .option("--full", "all cases on each mutant, not only those of its rule")
    .option("--out <folder>", "where the matrix is written as it grows")
    .option("--resume", "mutants that --out says were killed stay as they are")
    .option("--write", "write the kill matrix that reports quote")
    .action(
      does(async (options: SelftestCommandOptions) =>
        selftestCommand(io, options),
      ),
    );

  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return exitOf(io, error);
  }
}

function exitOf(io: Io, error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exits.conforms : exits.usage;
  }
  const say = (text: string) =>
    io.stderr.write(`assent-conformance: ${text}\n`);
  if (error instanceof UsageError) {
    say(error.message);
    return exits.usage;
  }
  if (error instanceof ImplementationError || error instanceof DriverError) {
    say(error.message);
    return exits.implementation;
  }
  say(`a fault of the suite: ${(error as Error).stack ?? error}`);
  return exits.harness;
}
