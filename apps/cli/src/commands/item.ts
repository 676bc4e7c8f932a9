// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { type Item, ItemSchema } from "@assent/protocol";
import { categoryText, makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { type Command, Option } from "commander";
import { usageError } from "../exit.ts";
import { type Io, write, writeLine } from "../io.ts";
import {
  collect,
  takesCredential,
  takesJson,
  withExamples,
} from "../options.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import {
  findItem,
  findVault,
  getItem,
  listItems,
  operate,
  putItem,
} from "../owner/operate.ts";
import {
  type AccountOptions,
  type Authenticated,
  withCredential,
} from "../owner/session.ts";
import {
  categoryNames,
  type FieldSpec,
  fieldTypes,
  findField,
  noField,
  readCategory,
  readFieldSpec,
  removeField,
  setField,
} from "./field-spec.ts";
import { itemHeading, itemJson, itemRows, overviewJson } from "./item-view.ts";

interface FieldOptions extends AccountOptions {
  readonly field?: FieldSpec[];
  readonly stdin?: boolean;
}

interface EditOptions extends FieldOptions {
  readonly title?: string;
  readonly removeField?: string[];
}

interface ShowOptions extends AccountOptions, JsonOptions {
  readonly reveal?: boolean;
  readonly field?: string;
}

/** `assent item`: the items of a vault. */
export function addItemCommands(program: Command, io: Io): void {
  const item = program
    .command("item")
    .description("the items of a vault; values never come from arguments");
  const withVault = (command: Command) =>
    command.argument("<vault>", "name or id");
  const withItem = (command: Command) =>
    withVault(command).argument("<item>", "title or id");

  withExamples(
    takesFields(
      takesCredential(
        withVault(item.command("create")).argument("<title>", "its title"),
      ),
    )
      .addOption(
        new Option("--category <name>", "what kind of thing it is")
          .choices(categoryNames)
          .default("login"),
      )
      .option("--url <address>", "where it is used; may be repeated", collect)
      .option("--tag <name>", "a label; may be repeated", collect)
      .description("make an item; asks for the value of each field"),
    "assent item create Dev GitHub --field user:text --field token",
    "assent item create Dev GitHub --field key:ssh-key --stdin < id_ed25519.pem",
  ).action((vault: string, title: string, options: CreateOptions) =>
    createItem(io, vault, title, options),
  );

  withExamples(
    takesJson(
      takesCredential(
        withVault(item.command("list"))
          .option("--archived", "archived ones as well")
          .description("titles, without any secret"),
      ),
    ),
    "assent item list Dev",
  ).action(
    (
      vault: string,
      options: AccountOptions & JsonOptions & { archived?: boolean },
    ) => listTitles(io, vault, options),
  );

  withExamples(
    takesJson(
      takesCredential(
        withItem(item.command("show"))
          .option("--reveal", "show what is concealed")
          .option(
            "--field <name>",
            "write the value of this field alone, as it is",
          )
          .description("one item; what is concealed stays so"),
      ),
    ),
    "assent item show Dev GitHub",
    "assent item show Dev GitHub --field token",
  ).action((vault: string, title: string, options: ShowOptions) =>
    showItem(io, vault, title, options),
  );

  withExamples(
    takesFields(takesCredential(withItem(item.command("edit"))))
      .option("--title <title>", "a new title")
      .option(
        "--remove-field <name>",
        "a field to remove; may be repeated",
        collect,
      )
      .description("change an item; asks for the value of each field named"),
    "assent item edit Dev GitHub --field token",
    "assent item edit Dev GitHub --title GitHub-old --remove-field user",
  ).action((vault: string, title: string, options: EditOptions) =>
    editItem(io, vault, title, options),
  );

  withExamples(
    takesCredential(
      withItem(item.command("remove"))
        .option("--archive", "archive it instead: no reference finds it")
        .description("delete an item, for good"),
    ),
    "assent item remove Dev GitHub",
  ).action(
    (
      vault: string,
      title: string,
      options: AccountOptions & { archive?: boolean },
    ) => removeItem(io, vault, title, options),
  );
}

interface CreateOptions extends FieldOptions {
  readonly category: string;
  readonly url?: string[];
  readonly tag?: string[];
}

function takesFields(command: Command): Command {
  return command
    .option(
      "--field <name>",
      `[SECTION/]NAME[:TYPE], may be repeated; TYPE is ${fieldTypes.join(", ")}; new ones are concealed`,
      (text: string, previous: FieldSpec[] = []) => [
        ...previous,
        readFieldSpec(text),
      ],
    )
    .option(
      "--stdin",
      "the input holds the values: all of it for one field, a line each for several",
    );
}

async function createItem(
  io: Io,
  vaultName: string,
  title: string,
  options: CreateOptions,
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const vault = await findVault(session, vaultName);
    const item = create(ItemSchema, {
      overview: {
        vaultId: vault.id,
        title,
        category: readCategory(options.category),
        urls: options.url ?? [],
        tags: options.tag ?? [],
      },
    });
    await setFields(item, session, options);
    const stored = await storeAndForget(session, item);
    await writeLine(
      io.stdout,
      `${makeSafe(title)} is stored in ${makeSafe(vault.name)} (${stored}).`,
    );
  });
}

async function editItem(
  io: Io,
  vaultName: string,
  title: string,
  options: EditOptions,
): Promise<void> {
  const removed = (options.removeField ?? []).map(readFieldSpec);
  if (
    (options.field ?? []).length + removed.length === 0 &&
    options.title === undefined
  ) {
    throw usageError(
      "There is nothing to change.",
      "Name a field with --field, or use --remove-field or --title.",
    );
  }
  await withCredential(io, options, async (session) => {
    const vault = await findVault(session, vaultName);
    const { id } = await findItem(session, vault, title);
    const item = await getItem(session, vault, id);
    for (const spec of removed) removeField(item, spec);
    if (item.overview !== undefined && options.title !== undefined) {
      item.overview.title = options.title;
    }
    await setFields(item, session, options);
    await storeAndForget(session, item);
    await writeLine(io.stdout, `${makeSafe(title)} is changed.`);
  });
}

// The value of each field, from the input or asked for one by one.
async function setFields(
  item: Item,
  { secrets }: Authenticated,
  options: FieldOptions,
): Promise<void> {
  const specs = options.field ?? [];
  const fromInput = options.stdin === true || options.passwordStdin === true;
  for (const spec of specs) {
    const value = !fromInput
      ? await secrets.ask(`Value of ${makeSafe(spec.name)}`)
      : specs.length === 1
        ? withoutNewline(await secrets.rest())
        : await secrets.nextLine();
    if (value === undefined) {
      throw usageError(
        `The input ended before the value of ${makeSafe(spec.name)}.`,
      );
    }
    setField(item, spec, value, randomUUID);
  }
}

async function storeAndForget(
  session: Authenticated,
  item: Item,
): Promise<string> {
  try {
    const stored = await putItem(session, item);
    forget(stored);
    return stored.overview?.id ?? "";
  } finally {
    forget(item);
  }
}

function forget(item: Item): void {
  for (const field of item.fields) field.value.fill(0);
  item.notes.fill(0);
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end -= 1;
  if (end < bytes.length && bytes[end - 1] === 0x0d) end -= 1;
  return bytes.subarray(0, end);
}

async function listTitles(
  io: Io,
  vaultName: string,
  options: AccountOptions & JsonOptions & { archived?: boolean },
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const vault = await findVault(session, vaultName);
    const items = await listItems(session, vault.id, options.archived === true);
    if (options.json) {
      return writeJson(
        io,
        items.map((item) => overviewJson(item, vault.name)),
      );
    }
    await writeTable(
      io,
      items.map((item) => [
        makeSafe(item.title),
        categoryText(item.category),
        item.archived ? "archived" : "",
        item.id,
      ]),
    );
  });
}

async function showItem(
  io: Io,
  vaultName: string,
  title: string,
  options: ShowOptions,
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const vault = await findVault(session, vaultName);
    const { id } = await findItem(session, vault, title);
    const item = await getItem(session, vault, id);
    try {
      if (options.field !== undefined) {
        const found = findField(item, readFieldSpec(options.field));
        if (found === undefined) throw noField(options.field);
        await write(io.stdout, found.value);
        return await writeLine(io.stdout, "");
      }
      const reveal = options.reveal === true;
      if (options.json) {
        return await writeJson(io, itemJson(item, vault.name, reveal));
      }
      await writeLine(io.stdout, itemHeading(item, vault.name));
      await writeTable(
        io,
        itemRows(item, vault.name, reveal).map((row) => ["", ...row]),
      );
    } finally {
      forget(item);
    }
  });
}

async function removeItem(
  io: Io,
  vaultName: string,
  title: string,
  options: AccountOptions & { archive?: boolean },
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const vault = await findVault(session, vaultName);
    const { id } = await findItem(session, vault, title);
    const archive = options.archive === true;
    await operate(
      session,
      {
        case: "removeItems",
        value: { vaultId: vault.id, itemIds: [id], archive },
      },
      "done",
    );
    await writeLine(
      io.stdout,
      `${makeSafe(title)} is ${archive ? "archived" : "gone"}.`,
    );
  });
}
