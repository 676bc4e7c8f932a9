// SPDX-License-Identifier: Apache-2.0
import {
  type Item,
  ItemFailure,
  type ItemOverview,
  type OperationSchema,
  type Result,
  type Vault,
} from "@assent/protocol";
import { VaultService } from "@assent/protocol/owner";
import { itemFailureText, itemText } from "@assent/wording";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { ownerClient } from "../../client.ts";
import type { GivenCredential } from "../../credential/credential-form.tsx";
import { SaidFailure } from "../../said-failure.ts";

type OperationCase = NonNullable<
  MessageInitShape<typeof OperationSchema>["operation"]
>;
type ResultCase = Exclude<Result["result"]["case"], undefined>;
type ResultOf<C extends ResultCase> = Extract<
  Result["result"],
  { case: C }
>["value"];

/*
 * What the screen of the items asks of the broker. All throw ConnectError, or
 * SaidFailure where the broker's answer is a no.
 */

/** The vaults of an account; for a page that is signed in. */
export async function listVaults(account: string): Promise<readonly Vault[]> {
  const { vaults } = await browse(
    account,
    { case: "listVaults", value: {} },
    "vaults",
  );
  return vaults;
}

/** All items of a vault, archived ones too, without their secrets; for a page that is signed in. */
export async function listItems(
  account: string,
  vault: string,
): Promise<readonly ItemOverview[]> {
  const items: ItemOverview[] = [];
  let pageToken = "";
  do {
    const page = await browse(
      account,
      { case: "listItems", value: { vault, archived: true, pageToken } },
      "itemOverviews",
    );
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return items;
}

/** A whole item, secrets included: its values are to be forgotten with `forgetItem`. */
export async function getItem(
  credential: GivenCredential,
  vaultId: string,
  itemId: string,
): Promise<Item> {
  const { outcomes } = await operate(
    credential,
    { case: "getItems", value: { vault: vaultId, itemIds: [itemId] } },
    "itemOutcomes",
  );
  const item = itemOf(outcomes[0]?.outcome);
  // Whoever wrote that back would destroy what is stored.
  if ([...item.fields.map(({ value }) => value), item.notes].some(isErased)) {
    throw new SaidFailure(itemText.withoutValues);
  }
  return item;
}

/** Store an item. Its overview comes back. */
export async function putItem(
  credential: GivenCredential,
  item: Item,
): Promise<ItemOverview | undefined> {
  const { outcomes } = await operate(
    credential,
    { case: "putItems", value: { items: [item] } },
    "itemOutcomes",
  );
  const stored = itemOf(outcomes[0]?.outcome);
  forgetItem(stored);
  return stored.overview;
}

/** Delete an item, or archive it. */
export async function removeItem(
  credential: GivenCredential,
  { id, vaultId }: ItemOverview,
  archive: boolean,
): Promise<void> {
  await operate(
    credential,
    { case: "removeItems", value: { vaultId, itemIds: [id], archive } },
    "done",
  );
}

/** Make a vault. */
export function createVault(
  credential: GivenCredential,
  name: string,
): Promise<Vault> {
  return operate(
    credential,
    { case: "putVault", value: { vault: { name } } },
    "vault",
  );
}

/** Delete a vault and what is in it. */
export async function deleteVault(
  credential: GivenCredential,
  vaultId: string,
): Promise<void> {
  await operate(
    credential,
    { case: "deleteVault", value: { vaultId } },
    "done",
  );
}

/** Zero the values of an item. */
export function forgetItem(item: Item): void {
  for (const field of item.fields) field.value.fill(0);
  item.notes.fill(0);
}

async function browse<C extends ResultCase>(
  account: string,
  operation: OperationCase,
  expected: C,
): Promise<ResultOf<C>> {
  const { result } = await ownerClient(VaultService).browse({
    account,
    operation: { operation },
  });
  return expect(result, expected);
}

async function operate<C extends ResultCase>(
  credential: GivenCredential,
  operation: OperationCase,
  expected: C,
): Promise<ResultOf<C>> {
  const { result } = await ownerClient(VaultService).operate({
    credential,
    operation: { operation },
  });
  return expect(result, expected);
}

function expect<C extends ResultCase>(
  result: Result | undefined,
  expected: C,
): ResultOf<C> {
  if (result?.result.case !== expected) throw new SaidFailure(itemText.unclear);
  return result.result.value as ResultOf<C>;
}

type Outcome = ResultOf<"itemOutcomes">["outcomes"][number]["outcome"];

function itemOf(outcome: Outcome | undefined): Item {
  if (outcome?.case === "item") return outcome.value;
  const failure =
    outcome?.case === "failure" ? outcome.value : ItemFailure.UNSPECIFIED;
  throw new SaidFailure(`${itemText.untouched}: ${itemFailureText(failure)}.`);
}

function isErased(value: Uint8Array): boolean {
  return value.length > 0 && value.every((byte) => byte === 0);
}
