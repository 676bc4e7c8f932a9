// SPDX-License-Identifier: Apache-2.0
import { GetItemsSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-limit.ts";
import { AssentError } from "./error.ts";
import type { Field, Item } from "./item.ts";
import { readOutcome } from "./item-outcomes.ts";
import type { Requester } from "./requester.ts";
import type { Secret } from "./secret.ts";

/** One environment variable. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: Secret;
  /** Not to be shown: everything but fields whose type is to be seen. */
  readonly masked: boolean;
}

/** Named sets of environment variables: items of the category `environment`. */
export interface Environments {
  /**
   * The variables of the environment with this id, in a vault (id or name), in
   * their order: a name for each field, and its value. Fields without a name
   * are left out.
   *
   * @throws AssentError "not-found" when there is no such item, or it is none
   * of that category; "out-of-scope", and as every call
   */
  getVariables(
    vault: string,
    environmentId: string,
    options?: CallOptions,
  ): Promise<readonly EnvironmentVariable[]>;
}

export function createEnvironments(requester: Requester): Environments {
  return {
    getVariables: (vault, environmentId, options) =>
      requester(options, async (request) => {
        const itemIds = [environmentId];
        const value = create(GetItemsSchema, { vault, itemIds });
        return variablesOf(
          readOutcome(
            await request("reads", { case: "getItems", value }, "itemOutcomes"),
          ),
        );
      }),
  };
}

// What people type to be seen; the rest of an item is taken to be secret.
const shown: ReadonlySet<Field["type"]> = new Set(["text", "url", "email"]);

function variablesOf(item: Item): EnvironmentVariable[] {
  item.notes[Symbol.dispose]();
  if (item.category !== "environment") {
    for (const { value } of item.fields) value[Symbol.dispose]();
    throw new AssentError("not-found");
  }
  return item.fields
    .filter(({ title }) => title !== "")
    .map(({ title, type, value }) => ({
      name: title,
      value,
      masked: !shown.has(type),
    }));
}
