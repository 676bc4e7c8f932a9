// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { makeSafe } from "@assent/wording";
import { type Command, Option } from "commander";
import { type AskOptions, askForSecrets } from "../approved-secrets.ts";
import { createSecretInput } from "../credential.ts";
import { usageError } from "../exit.ts";
import { readInputFile } from "../input-file.ts";
import { type Io, write } from "../io.ts";
import { describeFilling } from "../job/purpose.ts";
import { takesHome, withExamples } from "../options.ts";
import { checkPrivateFile, writePrivateFile } from "../private-file.ts";
import {
  parseTemplate,
  type Template,
  TemplateError,
} from "../template/template.ts";

interface InjectOptions extends AskOptions {
  readonly in?: string;
  readonly inFile?: string;
  readonly out?: string;
  readonly outFile?: string;
  readonly force?: boolean;
}

/** `assent inject`: a template filled in. */
export function addInjectCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("inject")
        .option("--account <name>", "name or id; by default you choose")
        .option("-i, --in <file>", "the template; by default the input")
        .addOption(new Option("--in-file <file>").hideHelp())
        .option(
          "-o, --out <file>",
          "write to a new file that only you can read; by default the output",
        )
        .addOption(new Option("--out-file <file>").hideHelp())
        .option("-f, --force", "replace the file, or the link, that is there")
        .description(
          "fill in the references of a template, once you approved it\n\nA reference is {{ assent://Vault/Item/field }}, or without the braces where\nits names have no spaces. Values are put in as they are.",
        ),
    ),
    "assent inject -i config.yml.tpl -o config.yml",
    "echo 'token: {{ assent://Dev/GitHub/token }}' | assent inject",
  ).action((options: InjectOptions) => inject(io, options));
}

/** Bytes that a template may have. */
const longestTemplate = 16 * 1024 * 1024;

async function inject(io: Io, options: InjectOptions): Promise<void> {
  const from = options.in ?? options.inFile;
  const to = options.out ?? options.outFile;
  if (to !== undefined) checkPrivateFile(to, options);
  const template = parse(
    from === undefined
      ? await createSecretInput(io, {}).rest()
      : readInputFile(from, longestTemplate),
    from,
  );
  const { references } = template;
  using secrets =
    references.length === 0
      ? undefined
      : await askForSecrets(io, options, references, {
          name: "assent inject",
          purpose: describeFilling(
            from === undefined ? undefined : resolve(from),
            to === undefined ? undefined : resolve(to),
          ),
        });
  const filled = template.fill(
    (reference) => secrets?.values.get(reference)?.bytes() ?? new Uint8Array(),
  );
  try {
    if (to === undefined) await write(io.stdout, filled);
    else writePrivateFile(io, to, filled, options);
  } finally {
    filled.fill(0);
  }
}

function parse(bytes: Uint8Array, path = "the input"): Template {
  try {
    return parseTemplate(bytes);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw usageError(
      `${makeSafe(path)}, line ${error.line}: ${error.message}. Nothing was written.`,
    );
  }
}
