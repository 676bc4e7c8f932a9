// SPDX-License-Identifier: Apache-2.0
// What @1password/sdk can do and Assent has no meaning for.
import { UnsupportedError } from "./errors.ts";
import type { Item } from "./item-shapes.ts";
import type {
  Group,
  GroupGetParams,
  ItemShareAccountPolicy,
  ItemShareParams,
  ValidRecipient,
} from "./team-shapes.ts";

/** Groups of people: every method throws an UnsupportedError. */
export interface GroupsApi {
  get(groupId: string, groupParams: GroupGetParams): Promise<Group>;
}

/** Links to items: every method throws an UnsupportedError. */
export interface ItemsSharesApi {
  getAccountPolicy(
    vaultId: string,
    itemId: string,
  ): Promise<ItemShareAccountPolicy>;
  validateRecipients(
    policy: ItemShareAccountPolicy,
    recipients: string[],
  ): Promise<ValidRecipient[]>;
  create(
    item: Item,
    policy: ItemShareAccountPolicy,
    params: ItemShareParams,
  ): Promise<string>;
}

export const groups: GroupsApi = {
  get: refuse(
    "There are no groups: an account belongs to one person. Leave this call out.",
  ),
};

const noSharing = refuse(
  "Items are not shared: nothing of an account is on a network. Give the value to the other person by a way of your own, or export it with `assent export`.",
);

export const shares: ItemsSharesApi = {
  getAccountPolicy: noSharing,
  validateRecipients: noSharing,
  create: noSharing,
};

/** A method that throws. */
export function refuse(message: string): () => Promise<never> {
  return async () => {
    throw new UnsupportedError(message);
  };
}
