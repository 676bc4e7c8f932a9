// SPDX-License-Identifier: Apache-2.0
import {
  type Item,
  ItemFailure,
  type ItemOverview,
  type OperationSchema,
  type Result,
  type Vault,
} from "@assent/protocol";
import { inARow, itemFailureText, makeSafe } from "@assent/wording";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { CommandError, exitCodes } from "../exit.ts";
import { toCommandError } from "../failure.ts";
import type { Authenticated } from "./session.ts";

type OperationCase = NonNullable<
  MessageInitShape<typeof OperationSchema>["operation"]
>;
type ResultCase = Exclude<Result["result"]["case"], undefined>;
type ResultOf<C extends ResultCase> = Extract<
  Result["result"],
  { case: C }
>["value"];

/**
 * One operation on the account, under its credential; also while it is locked.
 *
 * @throws CommandError when the broker answers something else than `expected`
 */
export async function operate<C extends ResultCase>(
  { owner, credential }: Authenticated,
  operation: OperationCase,
  expected: C,
): Promise<ResultOf<C>> {
  const answer = await owner.vaults.operate({
    credential,
    operation: { operation },
  });
  const result = answer.result?.result;
  if (result?.case !== expected) {
    throw new CommandError(
      exitCodes.failed,
      "The broker answered something that this version does not understand.",
    );
  }
  return result.value as ResultOf<C>;
}

/** A vault by id or name. @throws CommandError when none or several match */
export async function findVault(
  session: Authenticated,
  name: string,
): Promise<Vault> {
  const { vaults } = await operate(
    session,
    { case: "listVaults", value: {} },
    "vaults",
  );
  const names = inARow(vaults.map((vault) => makeSafe(vault.name)));
  return pickOne(
    vaults,
    name,
    (vault) => vault.name,
    "vault",
    vaults.length === 0
      ? "There is none yet. Create one with: assent vault create Dev"
      : `There is: ${names}.`,
  );
}

/** The items of a vault, and the vault as it was found. */
export interface VaultItems {
  /** Id or name, as the broker takes it. */
  readonly vault: string;
  /** To be shown. */
  readonly vaultName: string;
  readonly items: readonly ItemOverview[];
}

/**
 * All items of a vault, without their secrets. Each call costs a check of the
 * password, so the vault is looked for only when the broker does not know it.
 */
export async function listItems(
  session: Authenticated,
  vaultName: string,
  archived: boolean,
): Promise<VaultItems> {
  try {
    const items = await listPages(session, vaultName, archived);
    return { vault: vaultName, vaultName, items };
  } catch (error) {
    if (toCommandError(error).exitCode !== exitCodes.notFound) throw error;
    const found = await findVault(session, vaultName);
    const items = await listPages(session, found.id, archived);
    return { vault: found.id, vaultName: found.name, items };
  }
}

async function listPages(
  session: Authenticated,
  vault: string,
  archived: boolean,
): Promise<ItemOverview[]> {
  const items: ItemOverview[] = [];
  let pageToken = "";
  do {
    const page = await operate(
      session,
      { case: "listItems", value: { vault, archived, pageToken } },
      "itemOverviews",
    );
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return items;
}

/** An item's overview by id or title. @throws CommandError when none or several match */
export async function findItem(
  session: Authenticated,
  vaultName: string,
  title: string,
): Promise<{ readonly overview: ItemOverview; readonly vaultName: string }> {
  const found = await listItems(session, vaultName, true);
  const overview = pickOne(
    found.items,
    title,
    (item) => item.title,
    "item",
    `See what is there with: assent item list ${makeSafe(vaultName)}`,
  );
  return { overview, vaultName: found.vaultName };
}

/**
 * A whole item, secrets included.
 *
 * @throws CommandError when it cannot be read, or a value holds nothing but
 * zero bytes: whoever wrote that back would destroy what is stored
 */
export async function getItem(
  session: Authenticated,
  { id, vaultId }: ItemOverview,
): Promise<Item> {
  const { outcomes } = await operate(
    session,
    { case: "getItems", value: { vault: vaultId, itemIds: [id] } },
    "itemOutcomes",
  );
  const item = itemOf(outcomes[0]?.outcome);
  if (![...item.fields.map(({ value }) => value), item.notes].some(isErased)) {
    return item;
  }
  throw new CommandError(
    exitCodes.failed,
    "The broker gave this item without its values. Nothing was changed.",
    "Unlock the account, then try again: assent account unlock",
  );
}

function isErased(value: Uint8Array): boolean {
  return value.length > 0 && value.every((byte) => byte === 0);
}

/** Store one item. @throws CommandError when it could not be */
export async function putItem(
  session: Authenticated,
  item: Item,
): Promise<Item> {
  const { outcomes } = await operate(
    session,
    { case: "putItems", value: { items: [item] } },
    "itemOutcomes",
  );
  return itemOf(outcomes[0]?.outcome);
}

/** Zero the values of an item. */
export function forgetItem(item: Item): void {
  for (const field of item.fields) field.value.fill(0);
  item.notes.fill(0);
}

type Outcome = ResultOf<"itemOutcomes">["outcomes"][number]["outcome"];

function itemOf(outcome: Outcome | undefined): Item {
  if (outcome?.case === "item") return outcome.value;
  const failure =
    outcome?.case === "failure" ? outcome.value : ItemFailure.UNSPECIFIED;
  throw new CommandError(
    failure === ItemFailure.NOT_FOUND ? exitCodes.notFound : exitCodes.failed,
    `The item was not touched: ${itemFailureText(failure)}.`,
  );
}

function pickOne<T extends { readonly id: string }>(
  list: readonly T[],
  wanted: string,
  nameOf: (one: T) => string,
  what: string,
  hint: string,
): T {
  const byId = list.find(({ id }) => id === wanted);
  if (byId !== undefined) return byId;
  const same = list.filter((one) => nameOf(one) === wanted);
  const folded = list.filter((one) => fold(nameOf(one)) === fold(wanted));
  const found = same.length > 0 ? same : folded;
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  if (only === undefined) {
    throw new CommandError(
      exitCodes.notFound,
      `There is no ${what} ${makeSafe(wanted)}.`,
      hint,
    );
  }
  throw new CommandError(
    exitCodes.notFound,
    `More than one ${what} is called ${makeSafe(wanted)}.`,
    `Use an id: ${inARow(found.map(({ id }) => id))}.`,
  );
}

function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase().trim();
}
