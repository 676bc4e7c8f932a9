// SPDX-License-Identifier: Apache-2.0
import { type Category, type Item, limits } from "@assent/protocol";
import { count, inARow, makeSafe } from "@assent/wording";
import {
  type Draft,
  draftFiles,
  draftMessage,
  ImportError,
  longestItem,
  sizeOfMessage,
} from "./draft.ts";

/** What is to be written into one vault: all of it was found to be right. */
export interface Plan {
  readonly messages: readonly Item[];
  /** The same in parts that one call can hold, there and back. */
  readonly batches: readonly (readonly Item[])[];
  /** Files of some of them, to be put once their item is stored. */
  readonly files: ReadonlyMap<Item, ReturnType<typeof draftFiles>>;
  /** Titles that are in the vault already: left out. */
  readonly present: readonly string[];
  /** Titles that come more than once: no reference by title finds them. */
  readonly repeated: readonly string[];
  readonly byCategory: ReadonlyMap<Category, number>;
}

/**
 * Judge everything before anything is written.
 *
 * @throws ImportError for an item that could not be stored, and names it
 */
export function planImport(
  drafts: readonly Draft[],
  presentTitles: ReadonlySet<string>,
  keepsDuplicates: boolean,
): Plan {
  const present: string[] = [];
  const seen = new Map<string, number>();
  const byCategory = new Map<Category, number>();
  const sizes = new Map<Item, number>();
  const files = new Map<Item, ReturnType<typeof draftFiles>>();
  for (const [at, draft] of drafts.entries()) {
    if (presentTitles.has(draft.title) && !keepsDuplicates) {
      present.push(draft.title);
      continue;
    }
    const message = draftMessage(withTitle(draft));
    sizes.set(message, check(message, at + 1));
    if (draft.files?.length) files.set(message, draftFiles(draft));
    seen.set(draft.title, (seen.get(draft.title) ?? 0) + 1);
    byCategory.set(draft.category, (byCategory.get(draft.category) ?? 0) + 1);
  }
  const repeated = [...seen].flatMap(([title, times]) =>
    times > 1 ? title : [],
  );
  const messages = [...sizes.keys()];
  const batches = inBatches(sizes);
  return { messages, batches, files, present, repeated, byCategory };
}

/** Titles for a report: the first few, safe to show. */
export function someTitles(titles: readonly string[]): string {
  const shown = titles.slice(0, 5).map((title) => makeSafe(title));
  const more = titles.length - shown.length;
  return inARow(more > 0 ? [...shown, `${more} more`] : shown);
}

function withTitle(draft: Draft): Draft {
  return draft.title.trim() === "" ? { ...draft, title: "untitled" } : draft;
}

/** How many bytes it has as it is sent. */
function check(message: Item, place: number): number {
  const title = message.overview?.title ?? "";
  const fails = (why: string) => {
    const name = makeSafe(title, { maxLength: 60 });
    throw new ImportError(`item ${place} (${name}) ${why}`);
  };
  const names = [
    title,
    ...message.sections.map((section) => section.title),
    ...message.fields.map((field) => field.title),
  ];
  if (names.some((name) => name.length > limits.nameLength)) {
    fails(`has a name of more than ${limits.nameLength} characters`);
  }
  if (/^[a-z2-7]{26}$/.test(title)) fails("has a title that looks like an id");
  const size = sizeOfMessage(message);
  if (size > longestItem) {
    fails(`is larger than ${count(longestItem / 1024 / 1024, "MiB")}`);
  }
  return size;
}

function inBatches(
  sizes: ReadonlyMap<Item, number>,
): readonly (readonly Item[])[] {
  const batches: Item[][] = [];
  let room = 0;
  let last: Item[] = [];
  for (const [message, bytes] of sizes) {
    // What is answered has ids and times besides.
    const size = bytes + 512 + message.fields.length * 64;
    if (size > room || last.length === limits.items) {
      last = [];
      batches.push(last);
      room = limits.messageBytes - 64 * 1024;
    }
    last.push(message);
    room -= size;
  }
  return batches;
}
