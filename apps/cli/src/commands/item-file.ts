// SPDX-License-Identifier: Apache-2.0
import { basename } from "node:path";
import { type Item, limits } from "@assent/protocol";
import { count, makeSafe, sizeText } from "@assent/wording";
import type { Command } from "commander";
import { CommandError, exitCodes } from "../exit.ts";
import { readInputFile } from "../input-file.ts";
import { type Io, write, writeLine } from "../io.ts";
import { takesCredential, takesJson, withExamples } from "../options.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { findFile, placeOf, putFile, readFile } from "../owner/item-files.ts";
import { findItem, forgetItem, getItem, operate } from "../owner/operate.ts";
import {
  type AccountOptions,
  type Authenticated,
  withCredential,
} from "../owner/session.ts";
import { checkPrivateFile, writePrivateFile } from "../private-file.ts";

interface AttachOptions extends AccountOptions {
  readonly name?: string;
  readonly replace?: boolean;
}

interface ReadOptions extends AccountOptions {
  readonly out?: string;
  readonly force?: boolean;
}

/** `assent item file`: the files of an item. */
export function addFileCommands(item: Command, io: Io): void {
  const file = item.command("file").description("the files of an item");
  const withItem = (command: Command) =>
    command.argument("<vault>", "name or id").argument("<item>", "title or id");
  const withFile = (command: Command) =>
    withItem(command).argument("<file>", "name or id");

  withExamples(
    takesJson(
      takesCredential(
        withItem(file.command("list")).description("their names and sizes"),
      ),
    ),
    "assent item file list Dev Deploy",
  ).action(
    (vault: string, title: string, options: AccountOptions & JsonOptions) =>
      listFiles(io, vault, title, options),
  );

  withExamples(
    takesCredential(
      withItem(file.command("attach"))
        .argument("<path>", "the file, of 32 MiB at most; it stays where it is")
        .option("--name <name>", "its name there; by default its own")
        .option("--replace", "put it in the place of the one of that name")
        .description("store a file with an item"),
    ),
    "assent item file attach Dev Deploy ./id.key",
    "assent item file attach Dev Deploy ./new.key --name id.key --replace",
  ).action(
    (vault: string, title: string, path: string, options: AttachOptions) =>
      attachFile(io, { vault, title, path }, options),
  );

  withExamples(
    takesCredential(
      withFile(file.command("read"))
        .option(
          "-o, --out <path>",
          "a new file that only you can read; by default the output",
        )
        .option("-f, --force", "replace the file, or the link, that is there")
        .description("write out a file, as it is"),
    ),
    "assent item file read Dev Deploy id.key --out id.key",
  ).action((vault: string, title: string, name: string, options: ReadOptions) =>
    writeOut(io, { vault, title, name }, options),
  );

  withExamples(
    takesCredential(
      withFile(file.command("remove")).description("delete a file, for good"),
    ),
    "assent item file remove Dev Deploy id.key",
  ).action(
    (vault: string, title: string, name: string, options: AccountOptions) =>
      removeFile(io, { vault, title, name }, options),
  );
}

async function listFiles(
  io: Io,
  vault: string,
  title: string,
  options: AccountOptions & JsonOptions,
): Promise<void> {
  await withItem(io, { vault, title }, options, async (_, { files }) => {
    if (options.json) {
      return writeJson(
        io,
        files.map(({ id, name, size }) => ({ id, name, size: Number(size) })),
      );
    }
    await writeTable(
      io,
      files.map(({ id, name, size }) => [
        makeSafe(name),
        sizeText(Number(size)),
        id,
      ]),
    );
  });
}

async function attachFile(
  io: Io,
  { vault, title, path }: { vault: string; title: string; path: string },
  options: AttachOptions,
): Promise<void> {
  // What cannot be read is told before a password is asked for.
  const content = readInputFile(path, limits.fileBytes);
  const name = options.name ?? basename(path);
  try {
    await withItem(io, { vault, title }, options, async (session, item) => {
      const present = item.files.filter((each) => each.name === name);
      const isReplaced = options.replace === true;
      if (present.length > 0 && !isReplaced) {
        throw new CommandError(
          exitCodes.failed,
          `${makeSafe(title)} has a file ${makeSafe(name)} already.`,
          "Put this one in its place with --replace, or name it with --name.",
        );
      }
      const file = isReplaced
        ? findFile(item, name)
        : { id: "", name, sectionId: "" };
      const put = { id: file.id, name: "", sectionId: file.sectionId };
      await putFile(
        session,
        placeOf(item),
        isReplaced ? put : { ...put, name },
        content,
      );
      await writeLine(
        io.stdout,
        `${makeSafe(name)} (${sizeText(content.length)}) is stored in ${makeSafe(title)}.`,
      );
    });
  } finally {
    content.fill(0);
  }
}

async function writeOut(
  io: Io,
  { vault, title, name }: { vault: string; title: string; name: string },
  options: ReadOptions,
): Promise<void> {
  const { out } = options;
  if (out !== undefined) checkPrivateFile(out, options);
  await withItem(io, { vault, title }, options, async (session, item) => {
    const content = await readFile(
      session,
      placeOf(item),
      findFile(item, name),
    );
    try {
      if (out === undefined) await write(io.stdout, content);
      else writePrivateFile(io, out, content, options);
    } finally {
      content.fill(0);
    }
  });
}

async function removeFile(
  io: Io,
  { vault, title, name }: { vault: string; title: string; name: string },
  options: AccountOptions,
): Promise<void> {
  await withItem(io, { vault, title }, options, async (session, item) => {
    const { id: fileId } = findFile(item, name);
    await operate(
      session,
      { case: "deleteFile", value: { ...placeOf(item), fileId } },
      "done",
    );
    await writeLine(
      io.stdout,
      `${makeSafe(name)} is gone. ${makeSafe(title)} has ${count(item.files.length - 1, "file")}.`,
    );
  });
}

/** With the item as it is; its values are zeroed at once, since no file needs them. */
function withItem(
  io: Io,
  { vault, title }: { readonly vault: string; readonly title: string },
  options: AccountOptions,
  use: (session: Authenticated, item: Item) => Promise<void>,
): Promise<void> {
  return withCredential(io, options, async (session) => {
    const { overview } = await findItem(session, vault, title);
    const item = await getItem(session, overview);
    forgetItem(item);
    await use(session, item);
  });
}
