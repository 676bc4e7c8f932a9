// SPDX-License-Identifier: Apache-2.0
import {
  ItemFailure,
  type Item as ItemMessage,
  type ItemOutcomes,
} from "@assent/protocol";
import { AssentError, type ErrorCode } from "./error.ts";
import type { Item } from "./item.ts";
import { readItem } from "./item-message.ts";

/** What came of one item of several: the item, or why there is none. */
export type ItemOutcome =
  | { readonly item: Item; readonly error?: undefined }
  | { readonly item?: undefined; readonly error: AssentError };

const codes: ReadonlyMap<number, ErrorCode> = new Map<ItemFailure, ErrorCode>([
  [ItemFailure.NOT_FOUND, "not-found"],
  [ItemFailure.CONFLICT, "conflict"],
  [ItemFailure.INVALID, "invalid"],
  [ItemFailure.OUT_OF_SCOPE, "out-of-scope"],
]);

/** @throws AssentError "malformed-answer" unless there are `count` outcomes */
export function readOutcomes(
  { outcomes }: ItemOutcomes,
  count: number,
): ItemOutcome[] {
  if (outcomes.length !== count) throw new AssentError("malformed-answer");
  return outcomes.map(({ outcome }) => {
    switch (outcome.case) {
      case "item":
        return { item: readItem(outcome.value as ItemMessage) };
      case "failure":
        return {
          error: new AssentError(codes.get(outcome.value) ?? "not-approved"),
        };
      default:
        throw new AssentError("malformed-answer");
    }
  });
}

/** The item of the only outcome. @throws AssentError why there is none */
export function readOutcome(outcomes: ItemOutcomes): Item {
  const [outcome] = readOutcomes(outcomes, 1);
  if (outcome?.item !== undefined) return outcome.item;
  throw outcome?.error ?? new AssentError("malformed-answer");
}
