// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import type { Command } from "commander";
import {
  type ApprovedSecrets,
  type AskOptions,
  askForSecrets,
  textOf,
} from "../approved-secrets.ts";
import { CommandError, exitCodes } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import { runJob } from "../job/child.ts";
import {
  readEnvironment,
  type TemplateEnvironment,
} from "../job/environment.ts";
import { shortestMasked } from "../job/masker.ts";
import { openCommand } from "../job/opened-command.ts";
import { describeJob } from "../job/purpose.ts";
import { collect, takesHome, withExamples } from "../options.ts";

interface RunOptions extends AskOptions {
  readonly envFile?: string[];
  readonly env?: string[];
  readonly masking: boolean;
}

/** `assent run`: one approval for one command. */
export function addRunCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("run")
        .argument("<command>", "the command, after --")
        .argument("[args...]", "its arguments")
        .option("--account <name>", "name or id; by default you choose")
        .option(
          "--env-file <file>",
          "NAME=VALUE lines, where a value may be a reference; may be repeated",
          collect,
        )
        .option(
          "--env <name=reference>",
          "a variable and its secret; may be repeated",
          collect,
        )
        .option(
          "--no-masking",
          "leave the output as it is; it then stays a terminal, if it is one",
        )
        .description(
          "start a command with secrets in its environment, once you approved it\n\nVariables whose value is a secret reference get the secret: those of your\nenvironment, of --env-file and of --env, of which the last one counts.",
        ),
    ),
    "assent run --env TOKEN=assent://Dev/GitHub/token -- npm publish",
    "assent run --env-file .env.tpl -- ./server --port 8080",
  ).action((name: string, args: string[], options: RunOptions) =>
    runCommand(io, name, args, options),
  );
}

async function runCommand(
  io: Io,
  name: string,
  args: readonly string[],
  options: RunOptions,
): Promise<void> {
  // Opened before anybody is asked: what is shown is what will run (decisions 13).
  using command = openCommand(name, {
    searchPath: io.environment["PATH"],
    folder: process.cwd(),
  });
  const template = readEnvironment({
    inherited: io.environment,
    files: options.envFile ?? [],
    assignments: options.env ?? [],
  });
  using secrets = await secretsFor(io, options, template, {
    name: "assent run",
    purpose: describeJob(command.path, command.realPath, args),
  });
  const environment = fill(template, secrets);
  const masked = options.masking
    ? await maskable(io, template, secrets)
    : undefined;
  throw await runJob(io, {
    command,
    name,
    args,
    environment,
    masked: masked ?? [],
  });
}

async function secretsFor(
  io: Io,
  options: RunOptions,
  { references }: TemplateEnvironment,
  asked: Parameters<typeof askForSecrets>[3],
): Promise<ApprovedSecrets> {
  const wanted = [...new Set(references.values())];
  if (wanted.length > 0) return askForSecrets(io, options, wanted, asked);
  return { values: new Map(), [Symbol.dispose]() {} };
}

function fill(
  { plain, references }: TemplateEnvironment,
  { values }: ApprovedSecrets,
): Record<string, string> {
  const environment = Object.fromEntries(plain);
  for (const [name, reference] of references) {
    const secret = values.get(reference);
    const text = secret === undefined ? "" : textOf(secret, reference);
    if (text.includes("\0")) {
      throw new CommandError(
        exitCodes.failed,
        `${makeSafe(reference)} holds a zero byte, which no environment can.`,
      );
    }
    environment[name] = text;
  }
  return environment;
}

// What commands print of a value with a newline at its end is often without.
async function maskable(
  io: Io,
  { references }: TemplateEnvironment,
  { values }: ApprovedSecrets,
): Promise<Uint8Array[]> {
  const masked: Uint8Array[] = [];
  for (const [name, reference] of references) {
    const bytes = values.get(reference)?.bytes() ?? new Uint8Array();
    let { length } = bytes;
    while (bytes[length - 1] === 0x0a || bytes[length - 1] === 0x0d)
      length -= 1;
    if (length >= shortestMasked) masked.push(bytes.subarray(0, length));
    else if (length > 0) {
      await writeLine(
        io.stderr,
        `assent: ${makeSafe(name)} is too short to be hidden in the output: it has less than ${shortestMasked} bytes.`,
      );
    }
  }
  return masked;
}
