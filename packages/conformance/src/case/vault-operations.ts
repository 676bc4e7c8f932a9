// SPDX-License-Identifier: Apache-2.0
import type { Item, RequestResponse, Vault } from "@assent/protocol";
import type { Answer } from "../wire/answer.ts";
import type { Caller, Operation } from "./caller.ts";
import { served } from "./check.ts";
import { listItems, listVaults, putItem } from "./operations.ts";
import { Failure } from "./verdict.ts";

/** Read whole items. */
export function getItems(vault: string, ...itemIds: string[]): Operation {
  return { operation: { case: "getItems", value: { vault, itemIds } } };
}

/** Replace an item, or make one. */
export function putWhole(...items: readonly Item[]): Operation {
  return { operation: { case: "putItems", value: { items: [...items] } } };
}

/** Delete items. */
export function removeItems(vaultId: string, ...itemIds: string[]): Operation {
  return { operation: { case: "removeItems", value: { vaultId, itemIds } } };
}

/** Make a vault (no id), or rename one. */
export function putVault(name: string, id = ""): Operation {
  return { operation: { case: "putVault", value: { vault: { id, name } } } };
}

/** Delete a vault and what is in it. */
export function deleteVault(vaultId: string): Operation {
  return { operation: { case: "deleteVault", value: { vaultId } } };
}

/** Read part of a file of an item. */
export function readFile(vaultId: string, itemId: string): Operation {
  const fileId = itemId;
  const value = { vaultId, itemId, fileId, offset: 0n, length: 1 };
  return { operation: { case: "readFile", value } };
}

/** Attach a file to an item. */
export function putFile(vaultId: string, itemId: string): Operation {
  const file = { name: "file" };
  const value = { vaultId, itemId, revision: 1n, file, last: true };
  return { operation: { case: "putFile", value } };
}

/** Remove a file of an item. */
export function deleteFile(vaultId: string, itemId: string): Operation {
  const value = { vaultId, itemId, revision: 1n, fileId: itemId };
  return { operation: { case: "deleteFile", value } };
}

/** A new vault; its id. */
export async function makeVault(owner: Caller, name: string): Promise<string> {
  const answer = await owner.request(putVault(name));
  served(`making the vault ${name}`, answer);
  const result = answer.message.result?.result;
  return result?.case === "vault" ? result.value.id : "";
}

/** A new item with one concealed field; as it was stored. */
export async function makeItem(
  owner: Caller,
  vaultId: string,
  title: string,
  value: string,
): Promise<Item> {
  const answer = await owner.request(putItem(vaultId, title, value));
  served(`making the item ${title}`, answer);
  const [item] = itemsOf(answer);
  if (item === undefined) throw new Failure("making an item", "one", "none");
  return item;
}

/** An item as it is stored now. */
export async function storedItem(
  owner: Caller,
  vaultId: string,
  itemId: string,
): Promise<Item> {
  const answer = await owner.request(getItems(vaultId, itemId));
  served("reading an item back", answer);
  const [item] = itemsOf(answer);
  if (item === undefined) {
    throw new Failure("the item, read back", "to be there", "it is not");
  }
  return item;
}

/** What vaults and what items there are, by name: to be compared with what is there later. */
export async function contents(owner: Caller): Promise<readonly string[]> {
  const answer = await owner.request(listVaults);
  served("listing the vaults", answer);
  const found: string[] = [];
  for (const { id, name } of vaultsOf(answer)) {
    const listed = await owner.request(listItems(id));
    served(`listing the items of ${name}`, listed);
    const result = listed.message.result?.result;
    if (result?.case !== "itemOverviews") continue;
    const titles = result.value.items.map(({ title }) => title).sort();
    found.push(`${name}: ${titles.join(", ")}`);
  }
  return found.sort();
}

/** Vaults that an answer lists. */
export function vaultsOf(answer: Answer<RequestResponse>): readonly Vault[] {
  if (answer.kind !== "served") return [];
  const result = answer.message.result?.result;
  return result?.case === "vaults" ? result.value.vaults : [];
}

/** Items that an answer gives. */
export function itemsOf(answer: Answer<RequestResponse>): readonly Item[] {
  if (answer.kind !== "served") return [];
  const result = answer.message.result?.result;
  if (result?.case !== "itemOutcomes") return [];
  return result.value.outcomes.flatMap(({ outcome }) =>
    outcome.case === "item" ? [outcome.value] : [],
  );
}

/** Why parts of an answer hold nothing: ReferenceFailure or ItemFailure, in order. */
export function failuresOf(answer: Answer<RequestResponse>): readonly number[] {
  if (answer.kind !== "served") return [];
  const result = answer.message.result?.result;
  if (result?.case === "resolvedSecrets") {
    return result.value.secrets.flatMap(({ outcome }) =>
      outcome.case === "failure" ? [outcome.value] : [],
    );
  }
  if (result?.case !== "itemOutcomes") return [];
  return result.value.outcomes.flatMap(({ outcome }) =>
    outcome.case === "failure" ? [outcome.value] : [],
  );
}
