// SPDX-License-Identifier: Apache-2.0
import { type Item, VaultSchema } from "@assent/protocol";
import { itemFailureText } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { CommandError, exitCodes } from "../exit.ts";
import { placeOf, putFile } from "../owner/item-files.ts";
import { forgetItem, operate } from "../owner/operate.ts";
import type { Authenticated } from "../owner/session.ts";
import type { draftFiles } from "./draft.ts";
import { inBatches, type Plan } from "./plan.ts";

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
      for (const batch of inBatches(plan.messages)) {
        if (signal.aborted) throw interrupted();
        for (const { overview } of batch) {
          if (overview !== undefined) overview.vaultId = vaultId;
        }
        const { outcomes } = await operate(
          session,
          { case: "putItems", value: { items: [...batch] } },
          "itemOutcomes",
        );
        const made: string[] = [];
        if (id !== undefined) {
          undo.unshift(() => removeItems(session, vaultId, made));
        }
        for (const [at, { outcome }] of outcomes.entries()) {
          if (outcome.case !== "item") {
            throw new CommandError(
              exitCodes.failed,
              `An item was refused: ${itemFailureText(outcome.value ?? 0)}.`,
            );
          }
          made.push(outcome.value.overview?.id ?? "");
          forgetItem(outcome.value);
          const message = batch[at];
          const files = message && plan.files.get(message);
          await writeFiles(session, outcome.value, files ?? [], signal);
        }
        written += batch.length;
        await progress(written, all);
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
