// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError } from "commander";

/** `--home DIR`, which every command takes. */
export function takesHome(command: Command): Command {
  return command.option(
    "--home <dir>",
    "where the broker keeps its data and sockets",
  );
}

/** Options of a command that takes a credential. */
export function takesCredential(command: Command): Command {
  return takesHome(command)
    .option("--account <name>", "name or id; by default the only one")
    .option(
      "--password-stdin",
      "the first line of the input is the password, the rest the input",
    )
    .option(
      "--password-fd <number>",
      "read the password from this file descriptor",
      descriptor,
    );
}

/** `--json`, of every command that lists. */
export function takesJson(command: Command): Command {
  return command.option("--json", "for programs");
}

/** Examples below the help of a command. */
export function withExamples(
  command: Command,
  ...examples: readonly string[]
): Command {
  const lines = examples.map((example) => `  $ ${example}`);
  const heading = examples.length === 1 ? "Example" : "Examples";
  return command.addHelpText("after", `\n${heading}:\n${lines.join("\n")}`);
}

/** Collects an option that may be given several times. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

function descriptor(text: string): number {
  const number = Number(text);
  if (!/^\d{1,6}$/.test(text)) {
    throw new InvalidArgumentError("It is a number, as in 3.");
  }
  return number;
}

/** A length of time as in `90s`, `15m` or `1h`: in milliseconds. */
export function lengthOfTime(text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms =
    Number(number) * ({ s: 1_000, m: 60_000, h: 3_600_000 }[unit] ?? 0);
  if (ms <= 0) throw new InvalidArgumentError("It is a time, as in 15m or 1h.");
  return ms;
}

/** A whole number, of four digits at most. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) {
    throw new InvalidArgumentError("It is a whole number.");
  }
  return Number(text);
}

/** A number above 0, as of minutes. */
export function positive(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) {
    throw new InvalidArgumentError("It is a number above 0.");
  }
  return number;
}
