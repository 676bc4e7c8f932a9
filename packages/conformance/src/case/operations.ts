// SPDX-License-Identifier: Apache-2.0
import { FieldType, type RequestResponse } from "@assent/protocol";
import type { Answer } from "../wire/answer.ts";
import type { Operation } from "./caller.ts";
import { served } from "./check.ts";
import type { FixtureItem } from "./fixture.ts";
import { Failure } from "./verdict.ts";

/** Read secrets by reference. */
export function resolve(...references: readonly string[]): Operation {
  return {
    operation: {
      case: "resolveSecrets",
      value: { references: [...references] },
    },
  };
}

/** Read the secret of an item. */
export function read({ reference }: FixtureItem): Operation {
  return resolve(reference);
}

/** List the vaults. */
export const listVaults: Operation = {
  operation: { case: "listVaults", value: {} },
};

/** List what is in a vault. */
export function listItems(vault: string): Operation {
  return { operation: { case: "listItems", value: { vault } } };
}

/** Make an item with one concealed field called "value". */
export function putItem(
  vaultId: string,
  title: string,
  value: string,
): Operation {
  return {
    operation: {
      case: "putItems",
      value: {
        items: [
          {
            overview: { vaultId, title },
            fields: [
              {
                id: "value",
                title: "value",
                type: FieldType.CONCEALED,
                value: Buffer.from(value),
              },
            ],
          },
        ],
      },
    },
  };
}

/** What an answer to {@link resolve} gave: a text for each reference, or undefined. */
export function valuesOf(
  answer: Answer<RequestResponse>,
): readonly (string | undefined)[] {
  if (answer.kind !== "served") return [];
  const result = answer.message.result?.result;
  if (result?.case !== "resolvedSecrets") return [];
  return result.value.secrets.map(({ outcome }) =>
    outcome.case === "value"
      ? Buffer.from(outcome.value).toString()
      : undefined,
  );
}

/** Fails unless the call was served and gave exactly this item's secret. */
export function readsValue(
  assertion: string,
  answer: Answer<RequestResponse>,
  { name, value }: FixtureItem,
): void {
  served(assertion, answer);
  const [got] = valuesOf(answer);
  if (got !== value) {
    throw new Failure(
      assertion,
      `the secret of ${name}`,
      got === undefined ? "none" : "another one (withheld)",
    );
  }
}
