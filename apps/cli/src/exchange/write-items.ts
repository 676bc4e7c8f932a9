// SPDX-License-Identifier: Apache-2.0
import { type Item, ItemFailure, VaultSchema } from "@assent/protocol";
import { itemFailureText } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { CommandError, exitCodes } from "../exit.ts";
import { placeOf, putFile } from "../owner/item-files.ts";
import { forgetItem, operate } from "../owner/operate.ts";
import type { Authenticated } from "../owner/session.ts";
import type { draftFiles } from "./draft.ts";
import type { Plan } from "./plan.ts";

/** A vault to write into. */
export interface Target {
  readonly name: string;
  /** Undefined: it is made. */
  readonly id: string | undefined;
  readonly plan: Plan;
}

/** How far it is, called after each part. */
export type Progress = (written: number, all: number) => Promise<void>;

/**
 * Write all of it. When any of it fails, or it is interrupted, what was written
 * is taken back: a vault that was made is deleted, items in another one are.
 *
 * @throws CommandError
 */
export async function writeItems(
  session: Authenticated,
  targets: readonly Target[],
  signal: AbortSignal,
  progress: Progress,
): Promise<void> {
  const all = targets.reduce((sum, { plan }) => sum + plan.messages.length, 0);
  const undo: (() => Promise<unknown>)[] = [];
  let written = 0;
  try {
    for (const { name, id, plan } of targets) {
      const vaultId = id ?? (await makeVault(session, name, undo));
      const send = (batch: readonly Item[]) => {
        const made: string[] = [];
        if (id !== undefined) {
          undo.unshift(() => removeItems(session, vaultId, made));
        }
        return putBatch(session, vaultId, batch, made);
      };
      for await (const put of oneAhead(plan.batches, send)) {
        for (const [message, item] of put) {
          const files = plan.files.get(message) ?? [];
          await writeFiles(session, item, files, signal);
        }
        written += put.size;
        await progress(written, all);
        if (signal.aborted) throw interrupted();
      }
    }
    if (signal.aborted) throw interrupted();
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  } finally {
    for (const { plan } of targets) plan.messages.forEach(forgetItem);
  }
}

/**
 * What `work` comes to for each, in order. The next one is begun before this
 * one is answered: the broker then checks its password while it stores the
 * other. Whatever happens, nothing is under way when this ends.
 */
async function* oneAhead<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  let current: Promise<R> | undefined;
  let next: Promise<R> | undefined;
  try {
    for (const one of all) {
      current = next;
      next = work(one);
      // Told of when it is this one's turn.
      next.catch(() => {});
      if (current !== undefined) yield await current;
    }
    if (next !== undefined) yield await next;
  } finally {
    await Promise.allSettled([current, next]);
  }
}

/** Each message with the item that it became; `made` gets their ids. */
async function putBatch(
  session: Authenticated,
  vaultId: string,
  batch: readonly Item[],
  made: string[],
): Promise<ReadonlyMap<Item, Item>> {
  for (const { overview } of batch) {
    if (overview !== undefined) overview.vaultId = vaultId;
  }
  const { outcomes } = await operate(
    session,
    { case: "putItems", value: { items: [...batch] } },
    "itemOutcomes",
  );
  const put = new Map<Item, Item>();
  let refused: ItemFailure | undefined;
  for (const [at, { outcome }] of outcomes.entries()) {
    const message = batch[at];
    if (outcome.case !== "item") {
      refused ??= outcome.value ?? ItemFailure.UNSPECIFIED;
    } else if (message !== undefined) {
      made.push(outcome.value.overview?.id ?? "");
      forgetItem(outcome.value);
      put.set(message, outcome.value);
    }
  }
  if (refused === undefined) return put;
  throw new CommandError(
    exitCodes.failed,
    `An item was refused: ${itemFailureText(refused)}.`,
  );
}

// Each raises the revision of its item by one. They go with the item.
async function writeFiles(
  session: Authenticated,
  item: Item,
  files: ReturnType<typeof draftFiles>,
  signal: AbortSignal,
): Promise<void> {
  let { revision } = item;
  for (const { name, sectionId, content } of files) {
    if (signal.aborted) throw interrupted();
    const bytes = await content();
    try {
      const place = { ...placeOf(item), revision };
      await putFile(session, place, { id: "", name, sectionId }, bytes);
    } finally {
      bytes.fill(0);
    }
    revision += 1n;
  }
}

function interrupted(): CommandError {
  return new CommandError(
    exitCodes.interrupted,
    "Interrupted. What was written is taken back.",
  );
}

async function makeVault(
  session: Authenticated,
  name: string,
  undo: (() => Promise<unknown>)[],
): Promise<string> {
  const vault = create(VaultSchema, { name });
  const { id } = await operate(
    session,
    { case: "putVault", value: { vault } },
    "vault",
  );
  undo.unshift(() =>
    operate(session, { case: "deleteVault", value: { vaultId: id } }, "done"),
  );
  return id;
}

async function removeItems(
  session: Authenticated,
  vaultId: string,
  itemIds: string[],
): Promise<void> {
  if (itemIds.length === 0) return;
  const value = { vaultId, itemIds, archive: false };
  await operate(session, { case: "removeItems", value }, "done");
}
