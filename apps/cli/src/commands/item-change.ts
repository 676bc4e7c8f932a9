// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { FieldType, type Item, ItemSchema } from "@assent/protocol";
import { AssentError, generatePassword } from "@assent/sdk-node";
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
  findField,
  readCategory,
  removeField,
  setField,
} from "./field-spec.ts";

interface FieldOptions extends AccountOptions {
  readonly field?: FieldSpec[];
  readonly stdin?: boolean;
  /** New passwords instead of values: of so many signs, or as many as usual. */
  readonly generate?: number | true;
  readonly notes?: boolean;
  readonly url?: string[];
  readonly tag?: string[];
}

/** Options of `assent item edit`. */
export interface EditOptions extends FieldOptions {
  readonly title?: string;
  readonly removeField?: FieldSpec[];
}

/** Options of `assent item create`. */
export interface CreateOptions extends FieldOptions {
  readonly category: string;
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
  const { field, title: newTitle, notes, url, tag } = options;
  const asked = [field, newTitle, notes, url, tag];
  if (removed.length === 0 && asked.every((each) => each === undefined)) {
    throw usageError(
      "There is nothing to change.",
      "Name a field with --field, or use --remove-field, --title, --notes, --url or --tag.",
    );
  }
  await withCredential(io, options, async (session) => {
    const { overview } = await findItem(session, vaultName, title);
    const item = await getItem(session, overview);
    await forgetAfter(item, async () => {
      for (const spec of removed) removeField(item, spec);
      if (item.overview !== undefined) {
        item.overview.title = newTitle ?? item.overview.title;
        item.overview.urls = url ?? item.overview.urls;
        item.overview.tags = tag ?? item.overview.tags;
      }
      await setFields(item, session, options);
      forgetItem(await putItem(session, item));
    });
    await writeLine(io.stdout, `${makeSafe(title)} is changed.`);
  });
}

// The value of each field, made, from the input, or asked for one by one; then
// the notes.
async function setFields(
  item: Item,
  { secrets }: Authenticated,
  options: FieldOptions,
): Promise<void> {
  const specs = options.field ?? [];
  const fromInput = options.stdin === true || options.passwordStdin === true;
  const isAlone = specs.length === 1 && options.notes !== true;
  if (options.generate !== undefined && specs.length === 0) {
    throw usageError("Name the field of the new password with --field.");
  }
  for (const spec of specs) {
    const value =
      options.generate !== undefined
        ? newPassword(item, spec, options.generate)
        : !fromInput
          ? await secrets.ask(`Value of ${makeSafe(spec.name)}`)
          : isAlone
            ? withoutNewline(await secrets.rest())
            : await secrets.nextLine();
    if (value === undefined) {
      throw usageError(
        `The input ended before the value of ${makeSafe(spec.name)}.`,
      );
    }
    setField(item, spec, value, randomUUID);
  }
  if (options.notes !== true) return;
  item.notes = fromInput
    ? withoutNewline(await secrets.rest())
    : await secrets.ask("Notes");
}

function newPassword(
  item: Item,
  spec: FieldSpec,
  signs: number | true,
): Uint8Array {
  const type = spec.type ?? findField(item, spec)?.type ?? FieldType.CONCEALED;
  if (type !== FieldType.CONCEALED) {
    throw usageError(
      `${makeSafe(spec.name)} is not concealed: no password is made for it.`,
    );
  }
  try {
    return Buffer.from(
      generatePassword({
        type: "random",
        ...(signs === true ? {} : { length: signs }),
      }),
    );
  } catch (error) {
    if (!(error instanceof AssentError)) throw error;
    throw usageError(error.message);
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
