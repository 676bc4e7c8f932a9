// SPDX-License-Identifier: Apache-2.0
import type { ItemOverview } from "@assent/protocol";
import { categoryText, makeSafe } from "@assent/wording";
import { type Io, write, writeLine } from "../io.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { findItem, forgetItem, getItem, listItems } from "../owner/operate.ts";
import { type AccountOptions, withCredential } from "../owner/session.ts";
import {
  type FieldSpec,
  findField,
  noField,
  readCategory,
} from "./field-spec.ts";
import { itemHeading, itemJson, itemRows, overviewJson } from "./item-view.ts";

/** Options of `assent item list`. */
export interface ListOptions extends AccountOptions, JsonOptions {
  readonly archived?: boolean;
  readonly category?: string;
  readonly tag?: string[];
}

/** Options of `assent item show`. */
export interface ShowOptions extends AccountOptions, JsonOptions {
  readonly reveal?: boolean;
  readonly field?: FieldSpec;
}

/** Titles of a vault, without any secret. */
export async function listTitles(
  io: Io,
  vaultName: string,
  options: ListOptions,
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const { items: all, vaultName: name } = await listItems(
      session,
      vaultName,
      options.archived === true,
    );
    const items = all.filter((item) => isWanted(item, options));
    if (options.json) {
      return writeJson(
        io,
        items.map((item) => overviewJson(item, name)),
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

function isWanted(
  { category, tags }: ItemOverview,
  wanted: ListOptions,
): boolean {
  return (
    (wanted.category === undefined ||
      category === readCategory(wanted.category)) &&
    (wanted.tag ?? []).every((tag) => tags.includes(tag))
  );
}

/** One item; what is concealed stays so unless it is to be revealed. */
export async function showItem(
  io: Io,
  vaultName: string,
  title: string,
  options: ShowOptions,
): Promise<void> {
  await withCredential(io, options, async (session) => {
    const found = await findItem(session, vaultName, title);
    const item = await getItem(session, found.overview);
    try {
      if (options.field !== undefined) {
        const found = findField(item, options.field);
        if (found === undefined) throw noField(options.field.name);
        await write(io.stdout, found.value);
        return await writeLine(io.stdout, "");
      }
      const reveal = options.reveal === true;
      if (options.json) {
        return await writeJson(io, itemJson(item, found.vaultName, reveal));
      }
      await writeLine(io.stdout, itemHeading(item, found.vaultName));
      await writeTable(
        io,
        itemRows(item, found.vaultName, reveal).map((row) => ["", ...row]),
      );
    } finally {
      forgetItem(item);
    }
  });
}
