// SPDX-License-Identifier: Apache-2.0
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
import { type AccountOptions, withCredential } from "../owner/session.ts";
import { type FieldSpec, readCategory, removeField } from "./field-spec.ts";
import { setValues, type ValueOptions } from "./item-values.ts";

interface ChangeOptions extends ValueOptions {
  readonly url?: string[];
  readonly tag?: string[];
}

/** Options of `assent item edit`. */
export interface EditOptions extends ChangeOptions {
  readonly title?: string;
  readonly removeField?: FieldSpec[];
}

/** Options of `assent item create`. */
export interface CreateOptions extends ChangeOptions {
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
      await setValues(item, session, options);
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
      await setValues(item, session, options);
      forgetItem(await putItem(session, item));
    });
    await writeLine(io.stdout, `${makeSafe(title)} is changed.`);
  });
}

async function forgetAfter<T>(item: Item, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    forgetItem(item);
  }
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
