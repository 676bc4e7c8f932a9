// SPDX-License-Identifier: Apache-2.0
import {
  type Item,
  type ItemFailure,
  type ItemOutcome,
  ItemOutcomeSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";

/** The item as it is stored. */
export function done(item: Item): ItemOutcome {
  return create(ItemOutcomeSchema, { outcome: { case: "item", value: item } });
}

/** Why there is none. */
export function failed(failure: ItemFailure): ItemOutcome {
  return create(ItemOutcomeSchema, {
    outcome: { case: "failure", value: failure },
  });
}
