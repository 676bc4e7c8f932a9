// SPDX-License-Identifier: Apache-2.0
import { categoryText, count, makeSafe, sizeText } from "@assent/wording";
import { type Command, Option } from "commander";
import { type Draft, ImportError, type ReadFile } from "../exchange/draft.ts";
import { planImport, someTitles } from "../exchange/plan.ts";
import { readExport, type Source, sources } from "../exchange/read-export.ts";
import { type Target, writeItems } from "../exchange/write-items.ts";
import { CommandError, exitCodes } from "../exit.ts";
import { unusable } from "../input-file.ts";
import { type Io, writeLine } from "../io.ts";
import { takesCredential, withExamples } from "../options.ts";
import { listItems, operate } from "../owner/operate.ts";
import {
  type AccountOptions,
  type Authenticated,
  withCredential,
} from "../owner/session.ts";

interface ImportOptions extends AccountOptions {
  readonly from: Source;
  readonly vault?: string;
  readonly dryRun?: boolean;
  readonly keepDuplicates?: boolean;
}

/** `assent import`: secrets from elsewhere. */
export function addImportCommand(program: Command, io: Io): void {
  withExamples(
    takesCredential(
      program
        .command("import")
        .argument("<file>", "what the other program exported")
        .addOption(
          new Option("--from <kind>", "what the file is")
            .choices(sources)
            .makeOptionMandatory(),
        )
        .option(
          "--vault <name>",
          "into this vault, which is made if it is not there",
        )
        .option("--dry-run", "tell what would be done, and do nothing")
        .option(
          "--keep-duplicates",
          "also items whose title is in the vault already",
        )
        .description("take over secrets from a file: all of them, or none"),
    ),
    "assent import --from bitwarden export.json --dry-run",
    "assent import --from 1pux export.1pux",
    "assent import --from env .env --vault Dev",
  ).action((file: string, options: ImportOptions) =>
    importFile(io, file, options),
  );
}

async function importFile(
  io: Io,
  path: string,
  options: ImportOptions,
): Promise<void> {
  const signal = io.interruptSignal();
  // What can be read without a password is judged before one is asked for.
  const early =
    options.from === "kdbx"
      ? undefined
      : await readExport(options.from, path, () => Promise.reject());
  try {
    await withCredential(io, options, async (session) => {
      const file =
        early ??
        (await readExport(options.from, path, () =>
          session.secrets.password(`Password of ${makeSafe(path)}`),
        ));
      await importInto(io, session, path, file, options, signal);
    });
  } finally {
    early?.close?.();
  }
}

async function importInto(
  io: Io,
  session: Authenticated,
  path: string,
  file: ReadFile,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<void> {
  const targets = await planTargets(session, path, file, options);
  await report(io, file, targets);
  if (options.dryRun) return writeLine(io.stdout, "Nothing was written.");
  const many = targets.some(({ plan }) => plan.messages.length > 1_000);
  await writeItems(session, targets, signal, async (written, all) => {
    if (!many) return;
    await writeLine(io.stderr, `assent: ${written} of ${all} items`);
  });
  const names = targets.map(({ name }) => makeSafe(name)).join(", ");
  await writeLine(
    io.stdout,
    `All of it is stored in ${names}. The file is still there, and not sealed: remove it.`,
  );
}

async function planTargets(
  session: Authenticated,
  path: string,
  file: ReadFile,
  options: ImportOptions,
): Promise<Target[]> {
  const { vaults } = await operate(
    session,
    { case: "listVaults", value: {} },
    "vaults",
  );
  const byName = new Map<string, readonly Draft[]>();
  for (const [name, drafts] of file.vaults) {
    const target = options.vault ?? (name.trim() === "" ? "Imported" : name);
    byName.set(target, [...(byName.get(target) ?? []), ...drafts]);
  }
  const targets: Target[] = [];
  for (const [name, drafts] of byName) {
    const [present, other] = vaults.filter(
      (vault) => vault.name === name || vault.id === name,
    );
    if (other !== undefined) {
      throw new CommandError(
        exitCodes.notFound,
        `More than one vault is called ${makeSafe(name)}.`,
        "Name one by its id with --vault.",
      );
    }
    const titles = new Set<string>();
    if (present !== undefined) {
      const { items } = await listItems(session, present.id, true);
      for (const { title } of items) titles.add(title);
    }
    try {
      const plan = planImport(drafts, titles, options.keepDuplicates === true);
      targets.push({ name: present?.name ?? name, id: present?.id, plan });
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      throw unusable(path, `${error.message}; nothing was written`);
    }
  }
  return targets;
}

async function report(
  io: Io,
  file: ReadFile,
  targets: readonly Target[],
): Promise<void> {
  for (const { name, id, plan } of targets) {
    const place = `${makeSafe(name)}${id === undefined ? " (a new vault)" : ""}`;
    await writeLine(
      io.stdout,
      `${count(plan.messages.length, "item")} for ${place}`,
    );
    for (const [category, number] of plan.byCategory) {
      await writeLine(io.stdout, `  ${number} ${categoryText(category)}`);
    }
    const files = [...plan.files.values()].flat();
    if (files.length > 0) {
      const size = files.reduce((sum, each) => sum + each.size, 0);
      await writeLine(
        io.stdout,
        `  ${count(files.length, "attached file")}, ${sizeText(size)}`,
      );
    }
    if (plan.present.length > 0) {
      await writeLine(
        io.stdout,
        `  ${plan.present.length} left out, whose titles are there already: ${someTitles(plan.present)}`,
      );
    }
    if (plan.repeated.length > 0) {
      await writeLine(
        io.stdout,
        `  ${count(plan.repeated.length, "title")} more than once, so only ids find them: ${someTitles(plan.repeated)}`,
      );
    }
  }
  for (const line of file.left)
    await writeLine(io.stdout, `Not taken over: ${line}`);
}
