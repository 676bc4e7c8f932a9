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

/** All items of a vault, without their secrets. */
export async function listItems(
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
  vault: Vault,
  title: string,
): Promise<ItemOverview> {
  const items = await listItems(session, vault.id, true);
  return pickOne(
    items,
    title,
    (item) => item.title,
    "item",
    `See what is there with: assent item list ${makeSafe(vault.name)}`,
  );
}

/** A whole item, secrets included. */
export async function getItem(
  session: Authenticated,
  vault: Vault,
  itemId: string,
): Promise<Item> {
  const { outcomes } = await operate(
    session,
    { case: "getItems", value: { vault: vault.id, itemIds: [itemId] } },
    "itemOutcomes",
  );
  return itemOf(outcomes[0]?.outcome);
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
