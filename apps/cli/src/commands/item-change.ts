// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { type Item, ItemSchema } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { usageError } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import {
  findItem,
  findVault,
  forgetItem,
  getItem,
  operate,
  putItem,
} from "../owner/operate.ts";
import {
  type AccountOptions,
  type Authenticated,
  withCredential,
} from "../owner/session.ts";
import {
  type FieldSpec,
  readCategory,
  removeField,
  setField,
} from "./field-spec.ts";

interface FieldOptions extends AccountOptions {
  readonly field?: FieldSpec[];
  readonly stdin?: boolean;
}

/** Options of `assent item edit`. */
export interface EditOptions extends FieldOptions {
  readonly title?: string;
  readonly removeField?: FieldSpec[];
}

/** Options of `assent item create`. */
export interface CreateOptions extends FieldOptions {
  readonly category: string;
  readonly url?: string[];
  readonly tag?: string[];
}

/** Options of `assent item remove`. */
export interface RemoveOptions extends AccountOptions {
  readonly archive?: boolean;
}

/** Make an item. */
export async function createItem(
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
    const id = await forgetAfter(item, async () => {
      await setFields(item, session, options);
      const stored = await putItem(session, item);
      forgetItem(stored);
      return stored.overview?.id ?? "";
    });
    await writeLine(
      io.stdout,
      `${makeSafe(title)} is stored in ${makeSafe(vault.name)} (${id}).`,
    );
  });
}

/** Change an item. */
export async function editItem(
  io: Io,
  vaultName: string,
  title: string,
  options: EditOptions,
): Promise<void> {
  const removed = options.removeField ?? [];
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
    const { overview } = await findItem(session, vaultName, title);
    const item = await getItem(session, overview);
    await forgetAfter(item, async () => {
      for (const spec of removed) removeField(item, spec);
      if (item.overview !== undefined && options.title !== undefined) {
        item.overview.title = options.title;
      }
      await setFields(item, session, options);
      forgetItem(await putItem(session, item));
    });
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

async function forgetAfter<T>(item: Item, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    forgetItem(item);
  }
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end -= 1;
  if (end < bytes.length && bytes[end - 1] === 0x0d) end -= 1;
  return bytes.subarray(0, end);
}

/** Delete an item, or archive it. */
export async function removeItem(
  io: Io,
  vaultName: string,
  title: string,
  options: RemoveOptions,
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const { overview } = await findItem(session, vaultName, title);
    const archive = options.archive === true;
    await operate(
      session,
      {
        case: "removeItems",
        value: { vaultId: overview.vaultId, itemIds: [overview.id], archive },
      },
      "done",
    );
    await writeLine(
      io.stdout,
      `${makeSafe(title)} is ${archive ? "archived" : "gone"}.`,
    );
  });
}
