// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";
import {
  Category,
  FieldType,
  ItemOutcomesSchema,
  type Operation,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf } from "../test/client.ts";
import { canary, createScriptedBroker } from "../test/scripted-broker.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function serving(category: Category) {
  const broker = createScriptedBroker();
  const seen: Operation["operation"][] = [];
  const field = (title: string, type: FieldType, value: string) => ({
    id: `f-${title}`,
    title,
    type,
    value: bytes(value),
  });
  broker.request = ({ operation }) => {
    seen.push(operation?.operation ?? { case: undefined });
    const item = {
      overview: { id: "e1", vaultId: "v1", title: "Production", category },
      fields: [
        field("HOST", FieldType.TEXT, "db.example"),
        field("TOKEN", FieldType.CONCEALED, canary),
        field("CODE", FieldType.TOTP, canary),
        field("", FieldType.TEXT, "unnamed"),
        field("SITE", FieldType.URL, "https://example.test"),
      ],
    };
    const outcome = { case: "item" as const, value: item };
    return {
      case: "itemOutcomes",
      value: create(ItemOutcomesSchema, { outcomes: [{ outcome }] }),
    };
  };
  return { ...connect(broker), seen };
}

test("the variables of an environment are its named fields, in order", async () => {
  const { environments, seen } = serving(Category.ENVIRONMENT);
  const variables = await environments.getVariables("Dev", "e1");
  assert.equal(
    variables.map(({ name, value, masked }) => [name, value.reveal(), masked]),
    [
      ["HOST", "db.example", false],
      ["TOKEN", canary, true],
      ["CODE", canary, true],
      ["SITE", "https://example.test", false],
    ],
  );
  assert.not(inspect(variables, { depth: null }).includes(canary));
  const [asked] = seen;
  if (asked?.case !== "getItems") throw new Error("not asked for an item");
  assert.equal([asked.value.vault, asked.value.itemIds], ["Dev", ["e1"]]);
});

test("an item of another category is no environment", async () => {
  const { environments } = serving(Category.LOGIN);
  const error = await errorOf(environments.getVariables("Dev", "e1"));
  assert.is(error.code, "not-found");
});

test.run();
