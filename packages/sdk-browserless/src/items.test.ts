// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";
import {
  Category,
  CategorySchema,
  FieldType,
  FieldTypeSchema,
  ItemFailure,
  type Item as ItemMessage,
  ItemOutcomesSchema,
  ItemOverviewSchema,
  ItemOverviewsSchema,
  ItemSchema,
  type Operation,
  Reason,
  type Result,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf } from "../test/client.ts";
import {
  canary,
  createScriptedBroker,
  refusal,
} from "../test/scripted-broker.ts";
import type { AssentError } from "./error.ts";
import { categories, fieldTypes } from "./item-message.ts";

const canaryBytes = () => new TextEncoder().encode(canary);

const stored = (category: Category = Category.LOGIN): ItemMessage =>
  create(ItemSchema, {
    overview: {
      id: "i1",
      vaultId: "v1",
      title: "GitHub",
      category,
      tags: ["ci"],
      urls: ["https://example.test"],
      createdAt: timestampFromMs(1_000),
    },
    revision: 2n ** 63n + 1n,
    sections: [{ id: "s1", title: "API" }],
    fields: [
      {
        id: "f1",
        title: "token",
        sectionId: "s1",
        type: FieldType.CONCEALED,
        value: canaryBytes(),
      },
    ],
    files: [{ id: "x1", name: "key.pem", size: 12n }],
    notes: canaryBytes(),
  });

type Done = Result["result"];

/** A client of a broker that answers operations like this. */
function serving(serve: (operation: Operation["operation"]) => Done) {
  const broker = createScriptedBroker();
  const seen: Operation["operation"][] = [];
  broker.request = ({ operation }) => {
    const asked = operation?.operation ?? { case: undefined };
    seen.push(asked);
    return serve(asked);
  };
  return { ...connect(broker), seen };
}

const outcomes = (...items: ItemMessage[]): Done => ({
  case: "itemOutcomes",
  value: create(ItemOutcomesSchema, {
    outcomes: items.map((value) => ({
      outcome: { case: "item" as const, value },
    })),
  }),
});

const failed = (value: number): Done => ({
  case: "itemOutcomes",
  value: create(ItemOutcomesSchema, {
    outcomes: [
      { outcome: { case: "failure" as const, value: value as ItemFailure } },
    ],
  }),
});

test("names every category and field type of the schema", () => {
  for (const [names, schema] of [
    [categories, CategorySchema],
    [fieldTypes, FieldTypeSchema],
  ] as const) {
    for (const { number, localName } of schema.values) {
      const name = names.name(number);
      if (number === 0) assert.is(name, "unknown");
      else assert.is(name, localName.toLowerCase().replaceAll("_", "-"));
      if (number !== 0) assert.is(names.value(name), number);
    }
    assert.is(names.name(99), "unknown");
    assert.is(names.value("unknown"), undefined);
  }
});

test("gets an item whose values do not show themselves (SDK-007)", async () => {
  const { items, seen } = serving(() => outcomes(stored()));
  const item = await items.get("Dev", "i1");
  assert.equal(seen[0]?.case === "getItems" && seen[0].value.itemIds, ["i1"]);
  assert.is(item.title, "GitHub");
  assert.is(item.category, "login");
  assert.is(item.revision, "9223372036854775809");
  assert.equal(item.createdAt, new Date(1_000));
  assert.is(item.updatedAt, undefined);
  assert.is(item.fields[0]?.type, "concealed");
  assert.is(item.fields[0]?.value.reveal(), canary);
  assert.is(item.notes.reveal(), canary);
  assert.equal(item.files[0]?.size, 12);
  const shown =
    inspect(item, { depth: null, showHidden: true }) + JSON.stringify(item);
  assert.not(shown.includes(canary), shown);
  assert.not(shown.includes([...canaryBytes().slice(0, 4)].join(", ")));
});

test("puts a changed item back as it was read", async () => {
  const { items, seen } = serving(() => outcomes(stored()));
  const item = await items.get("Dev", "i1");
  await items.put({
    ...item,
    title: "GitHub.com",
    fields: [
      ...item.fields,
      { title: "user", value: "me" },
      { title: "key", type: "ssh-key", value: Uint8Array.of(1) },
    ],
  });
  const put = seen[1]?.case === "putItems" ? seen[1].value.items[0] : undefined;
  assert.is(put?.overview?.id, "i1");
  assert.is(put?.overview?.title, "GitHub.com");
  assert.equal(put?.overview?.tags, ["ci"]);
  assert.is(put?.revision, 2n ** 63n + 1n);
  assert.equal(put?.fields[0]?.value, canaryBytes());
  assert.is(put?.fields[0]?.sectionId, "s1");
  assert.is(put?.fields[1]?.type, FieldType.TEXT);
  assert.is(put?.fields[2]?.type, FieldType.SSH_KEY);
  assert.equal(put?.notes, canaryBytes());
});

test("creates an item anew, whatever it is made from", async () => {
  const { items, seen } = serving(() => outcomes(stored()));
  const item = await items.get("Dev", "i1");
  await items.create({ ...item, vaultId: "v2" });
  const put = seen[1]?.case === "putItems" ? seen[1].value.items[0] : undefined;
  assert.is(put?.overview?.id, "");
  assert.is(put?.overview?.vaultId, "v2");
  assert.is(put?.revision, 0n);
});

test("what lost its values on the way is not stored over them", async () => {
  const { items, seen } = serving(() => outcomes(stored()));
  const item = await items.get("Dev", "i1");
  const { notes: _, ...noNotes } = item;
  for (const changed of [
    JSON.parse(JSON.stringify(item)),
    structuredClone(item),
    noNotes,
    { ...item, revision: "" },
    { ...item, id: "" },
    { ...item, category: "unknown" },
    { ...item, fields: [{ title: "x", type: "unknown", value: "x" }] },
    { ...item, fields: [{ title: "x", value: 5 }] },
  ]) {
    assert.is((await errorOf(items.put(changed as never))).code, "invalid");
  }
  assert.is(seen.length, 1);
});

test("an item of a kind it does not know can be read", async () => {
  const { items } = serving(() => outcomes(stored(77 as Category)));
  assert.is((await items.get("Dev", "i1")).category, "unknown");
});

for (const [failure, code] of [
  [ItemFailure.NOT_FOUND, "not-found"],
  [ItemFailure.CONFLICT, "conflict"],
  [ItemFailure.INVALID, "invalid"],
  [ItemFailure.OUT_OF_SCOPE, "out-of-scope"],
  [99, "not-approved"],
] satisfies [number, AssentError["code"]][]) {
  test(`an item that failed with ${failure} is ${code} (SDK-005, VER-004)`, async () => {
    const { items } = serving(() => failed(failure));
    assert.is((await errorOf(items.get("Dev", "i1"))).code, code);
  });
}

test("no outcome, two outcomes or an empty item are refused (SDK-016)", async () => {
  for (const result of [
    outcomes(),
    outcomes(stored(), stored()),
    outcomes(create(ItemSchema)),
  ]) {
    const { items } = serving(() => result);
    const error = await errorOf(items.get("Dev", "i1"));
    assert.is(error.code, "malformed-answer");
  }
});

test("lists all pages", async () => {
  const { items, seen } = serving((asked) => {
    const first = asked.case === "listItems" && asked.value.pageToken === "";
    return {
      case: "itemOverviews",
      value: create(ItemOverviewsSchema, {
        items: [create(ItemOverviewSchema, { title: first ? "a" : "b" })],
        nextPageToken: first ? "a" : "",
      }),
    };
  });
  const list = await items.list("Dev", { archived: true });
  assert.equal(
    list.map(({ title }) => title),
    ["a", "b"],
  );
  assert.ok(seen[1]?.case === "listItems" && seen[1].value.archived);
});

test("an empty page that leads on is refused (SDK-016)", async () => {
  const { items } = serving(() => ({
    case: "itemOverviews",
    value: create(ItemOverviewsSchema, { nextPageToken: "again" }),
  }));
  assert.is((await errorOf(items.list("Dev"))).code, "malformed-answer");
});

test("archives and deletes", async () => {
  const { items, seen } = serving(() => ({
    case: "done",
    value: { $typeName: "assent.v1.Done" },
  }));
  await items.archive("v1", "i1");
  await items.delete("v1", "i1");
  assert.equal(
    seen.map((each) => each.case === "removeItems" && each.value.archive),
    [true, false],
  );
});

test("gets several items, with an outcome for each, in order", async () => {
  const { items } = serving(() => ({
    case: "itemOutcomes",
    value: create(ItemOutcomesSchema, {
      outcomes: [
        { outcome: { case: "failure", value: ItemFailure.NOT_FOUND } },
        { outcome: { case: "item", value: stored() } },
      ],
    }),
  }));
  const [lost, found] = await items.getAll("Dev", ["i0", "i1"]);
  assert.is(lost?.error?.code, "not-found");
  assert.is(found?.item?.id, "i1");
  assert.equal(await items.getAll("Dev", []), []);
  const short = await errorOf(items.getAll("Dev", ["i1"]));
  assert.is(short.code, "malformed-answer");
});

test("asks for fewer items at once where they are too large together", async () => {
  const asked: number[] = [];
  const { items } = serving((operation) => {
    if (operation.case !== "getItems") throw new Error("another operation");
    const { length } = operation.value.itemIds;
    asked.push(length);
    if (length > 2)
      throw refusal(Code.ResourceExhausted, Reason.LIMIT_EXCEEDED);
    return outcomes(...operation.value.itemIds.map(() => stored()));
  });
  const ids = ["i1", "i2", "i3", "i4", "i5"];
  assert.is((await items.getAll("Dev", ids)).length, 5);
  assert.equal(asked, [5, 3, 2, 1, 2]);
});

test("creates several items in one step", async () => {
  const { items, seen } = serving(() => outcomes(stored(), stored()));
  const item = { vaultId: "v1", title: "GitHub", notes: "x" };
  const created = await items.createAll([item, item]);
  assert.is(created.length, 2);
  assert.is(seen.length, 1);
  assert.equal(await items.createAll([]), []);
  const bad = items.createAll([item, { ...item, category: "no" as never }]);
  assert.is((await errorOf(bad)).code, "invalid");
  assert.is(seen.length, 1);
});

test("deletes several items in one step", async () => {
  const { items, seen } = serving(() => ({
    case: "done",
    value: { $typeName: "assent.v1.Done" },
  }));
  await items.deleteAll("v1", ["i1", "i2"]);
  await items.deleteAll("v1", []);
  assert.is(seen.length, 1);
  const [asked] = seen;
  if (asked?.case !== "removeItems") throw new Error("another operation");
  assert.equal([...asked.value.itemIds], ["i1", "i2"]);
  assert.is(asked.value.archive, false);
});

test.run();
