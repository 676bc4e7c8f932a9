// SPDX-License-Identifier: Apache-2.0
import type { File, Item, Vault } from "@assent/protocol";
import { sizeText } from "@assent/wording";
import { CommandError, exitCodes } from "../exit.ts";
import { placeOf, readFile } from "../owner/item-files.ts";
import { forgetItem, listItems, operate } from "../owner/operate.ts";
import type { Authenticated } from "../owner/session.ts";

/** A vault and all that is in it, secrets included; to be zeroed after use. */
export interface WholeVault {
  readonly vault: Vault;
  readonly items: readonly Item[];
  /** What is in the files of the items, by `contentKey`; none: they are left out. */
  readonly contents?: ReadonlyMap<string, Uint8Array>;
}

/** One content among those of a vault. */
export function contentKey(item: Item, { id }: Pick<File, "id">): string {
  return `${item.overview?.id}/${id}`;
}

/** Bytes of all files beyond which an export does not hold them. */
const mostContent = 64 * 1024 * 1024;

/** Items of one call; fewer where they are too large for an answer. */
const itemsEach = 500;

/** Zero what was read. */
export function forgetAll(vaults: readonly WholeVault[]): void {
  for (const { items, contents } of vaults) {
    items.forEach(forgetItem);
    for (const content of contents?.values() ?? []) content.fill(0);
  }
}

/**
 * Read everything of an account, archived items too, and files if wanted.
 *
 * @throws CommandError
 */
export async function readAll(
  session: Authenticated,
  withFiles: boolean,
): Promise<WholeVault[]> {
  const { vaults } = await operate(
    session,
    { case: "listVaults", value: {} },
    "vaults",
  );
  const whole: WholeVault[] = [];
  for (const vault of vaults) {
    const { items } = await listItems(session, vault.id, true);
    const read: Item[] = [];
    for (let at = 0; at < items.length; at += itemsEach) {
      const part = items.slice(at, at + itemsEach).map(({ id }) => id);
      read.push(...(await readItems(session, vault.id, part)));
    }
    whole.push({ vault, items: read });
  }
  if (!withFiles) return whole;
  checkSize(whole);
  const filled: WholeVault[] = [];
  for (const { vault, items } of whole) {
    const contents = await readContents(session, items);
    filled.push({ vault, items, contents });
  }
  return filled;
}

function checkSize(vaults: readonly WholeVault[]): void {
  const size = vaults
    .flatMap(({ items }) => items.flatMap(({ files }) => files))
    .reduce((sum, file) => sum + Number(file.size), 0);
  if (size <= mostContent) return;
  throw new CommandError(
    exitCodes.failed,
    `The files of this account have ${sizeText(size)}, and an export holds ${sizeText(mostContent)}. Nothing was written.`,
    "Leave them out with --no-files, and save them one by one with: assent item file read",
  );
}

async function readContents(
  session: Authenticated,
  items: readonly Item[],
): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (const item of items) {
    for (const file of item.files) {
      const content = await readFile(session, placeOf(item), file);
      contents.set(contentKey(item, file), content);
    }
  }
  return contents;
}

async function readItems(
  session: Authenticated,
  vault: string,
  itemIds: string[],
): Promise<Item[]> {
  try {
    const { outcomes } = await operate(
      session,
      { case: "getItems", value: { vault, itemIds } },
      "itemOutcomes",
    );
    return outcomes.map(({ outcome }) => {
      if (outcome.case === "item") return outcome.value;
      throw new CommandError(
        exitCodes.failed,
        "An item was changed meanwhile. Nothing was written.",
        "Try again.",
      );
    });
  } catch (error) {
    // More than an answer can hold: in two parts.
    if (error instanceof CommandError || itemIds.length === 1) throw error;
    const half = Math.ceil(itemIds.length / 2);
    return [
      ...(await readItems(session, vault, itemIds.slice(0, half))),
      ...(await readItems(session, vault, itemIds.slice(half))),
    ];
  }
}
