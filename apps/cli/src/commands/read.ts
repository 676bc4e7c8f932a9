// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from "commander";
import { type AskOptions, askForSecrets } from "../approved-secrets.ts";
import { type Io, write } from "../io.ts";
import { takesHome, withExamples } from "../options.ts";
import { checkPrivateFile, writePrivateFile } from "../private-file.ts";

interface ReadOptions extends AskOptions {
  readonly out?: string;
  readonly outFile?: string;
  readonly force?: boolean;
  /** Undefined: after what is written to the output, not into a file. */
  readonly newline?: boolean;
}

/** `assent read`: one secret, asked for as any program asks. */
export function addReadCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("read")
        .argument("<reference>", "as in assent://Dev/GitHub/token")
        .option("--account <name>", "name or id; by default you choose")
        .option(
          "-o, --out <file>",
          "write the value alone to a new file that only you can read",
        )
        .addOption(new Option("--out-file <file>").hideHelp())
        .option("-f, --force", "replace the file, or the link, that is there")
        .option("--newline", "end with a newline; the output does by default")
        .option("-n, --no-newline", "write the value alone")
        .description("write one secret to the output, once you approved it"),
    ),
    "assent read assent://Dev/GitHub/token",
    "assent read -n 'assent://Dev/GitHub/code?attribute=otp'",
    "assent read assent://Dev/deploy/key?ssh-format=openssh --out id_deploy",
  ).action((reference: string, options: ReadOptions) =>
    readSecret(io, reference, options),
  );
}

/** The approval covers the one reference, and one Request (T45). */
async function readSecret(
  io: Io,
  reference: string,
  options: ReadOptions,
): Promise<void> {
  const file = options.out ?? options.outFile;
  if (file !== undefined) checkPrivateFile(file, options);
  using secrets = await askForSecrets(io, options, [reference], {
    name: "assent read",
  });
  const value = secrets.values.get(reference)?.bytes() ?? new Uint8Array();
  const ends = options.newline ?? file === undefined;
  const whole = Buffer.concat([value, Buffer.from(ends ? "\n" : "")]);
  try {
    if (file === undefined) await write(io.stdout, whole);
    else writePrivateFile(io, file, whole, options);
  } finally {
    value.fill(0);
    whole.fill(0);
  }
}
