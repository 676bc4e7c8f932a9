// SPDX-License-Identifier: Apache-2.0
import type { Item, Vault } from "@assent/protocol";
import { CommandError, exitCodes } from "../exit.ts";
import { listItems, operate } from "../owner/operate.ts";
import type { Authenticated } from "../owner/session.ts";

/** A vault and all that is in it, secrets included; to be zeroed after use. */
export interface WholeVault {
  readonly vault: Vault;
  readonly items: readonly Item[];
}

/** Items of one call; fewer where they are too large for an answer. */
const itemsEach = 500;

/** Read everything of an account, archived items too. @throws CommandError */
export async function readAll(session: Authenticated): Promise<WholeVault[]> {
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
  return whole;
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
