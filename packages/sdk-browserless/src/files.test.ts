// SPDX-License-Identifier: Apache-2.0
import {
  FileChunkSchema,
  FileSchema,
  ItemOutcomesSchema,
  ItemSchema,
  limits,
  type Operation,
  type Result,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf } from "../test/client.ts";
import { canary, createScriptedBroker } from "../test/scripted-broker.ts";
import { Secret } from "./secret.ts";

type Asked = Operation["operation"];
type Done = Result["result"];

const state = { vaultId: "v1", id: "i1", revision: "7" };
const bytesOf = (size: number) =>
  Uint8Array.from({ length: size }, (_, at) => (at * 7) % 251);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const isSame = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/** A broker with one item and one file, that keeps what is put. */
function serving(content = bytesOf(0)) {
  const broker = createScriptedBroker();
  const seen: Asked[] = [];
  const kept = { content, revision: 7n, parts: [] as Uint8Array[] };
  const answer = (asked: Asked): Done => {
    switch (asked.case) {
      case "readFile": {
        const { offset, length } = asked.value;
        const start = Number(offset);
        const data = kept.content.slice(start, start + length);
        const size = BigInt(kept.content.length);
        const { revision } = kept;
        const value = create(FileChunkSchema, { data, size, revision });
        return { case: "fileChunk", value };
      }
      case "putFile":
        kept.parts.push(asked.value.content.slice());
        if (asked.value.last) kept.revision += 1n;
        return { case: "file", value: create(FileSchema, { name: "f" }) };
      case "deleteFile":
        kept.revision += 1n;
        return { case: "done", value: { $typeName: "assent.v1.Done" } };
      default: {
        const { revision } = kept;
        const overview = { id: "i1", vaultId: "v1", title: "T" };
        const value = create(ItemSchema, { overview, revision });
        const outcomes = [{ outcome: { case: "item" as const, value } }];
        return {
          case: "itemOutcomes",
          value: create(ItemOutcomesSchema, { outcomes }),
        };
      }
    }
  };
  broker.request = ({ operation }) => {
    const asked = operation?.operation ?? { case: undefined };
    seen.push(asked);
    return answer(asked);
  };
  const puts = () =>
    seen.flatMap((asked) => (asked.case === "putFile" ? asked.value : []));
  return { ...connect(broker), broker, seen, puts, kept, answer };
}

for (const size of [0, 1, limits.readFileBytes, 2 * limits.readFileBytes + 5]) {
  test(`reads a file of ${size} bytes, whole and in parts`, async () => {
    const { items, seen, kept } = serving(bytesOf(size));
    const whole = await items.files.read("v1", "i1", { id: "f1" });
    assert.ok(isSame(whole, kept.content));
    const requests = seen.length;
    assert.is(requests, Math.max(1, Math.ceil(size / limits.readFileBytes)));
    const parts: Uint8Array[] = [];
    const stream = items.files.stream("v1", "i1", { id: "f1" });
    for await (const part of stream) parts.push(part);
    assert.ok(isSame(joined(parts), kept.content));
    assert.is(seen.length, 2 * requests);
  });
}

test("a stream reads no further than it is asked", async () => {
  const { items, seen } = serving(bytesOf(3 * limits.readFileBytes));
  for await (const _ of items.files.stream("v1", "i1", { id: "f" })) break;
  assert.is(seen.length, 1);
});

test("parts of two states of a file are not put together", async () => {
  for (const change of ["revision", "size"] as const) {
    const { items, broker, kept, answer } = serving(
      bytesOf(limits.readFileBytes + 1),
    );
    broker.request = ({ operation }) => {
      const result = answer(operation?.operation ?? { case: undefined });
      if (change === "revision") kept.revision += 1n;
      else kept.content = bytesOf(limits.readFileBytes + 2);
      return result;
    };
    const error = await errorOf(items.files.read("v1", "i1", { id: "f1" }));
    assert.is(error.code, "conflict");
  }
});

test("a file that never ends, or is larger than one may be, is refused (SDK-016)", async () => {
  for (const [data, size] of [
    [new Uint8Array(), 5n],
    [new Uint8Array(5), 4n],
    [new Uint8Array(5), BigInt(limits.fileBytes) + 1n],
    [new Uint8Array(5), 2n ** 64n - 1n],
  ] as const) {
    const { items, broker } = serving();
    broker.request = () => ({
      case: "fileChunk",
      value: create(FileChunkSchema, { data, size }),
    });
    const error = await errorOf(items.files.read("v1", "i1", { id: "f1" }));
    assert.is(error.code, "malformed-answer");
  }
});

test("attaches a small file at once, and gives the item as it is then", async () => {
  const { items, puts, kept } = serving();
  const item = await items.files.attach(state, {
    name: "a.txt",
    content: new Secret(new TextEncoder().encode(canary)),
    sectionId: "s1",
  });
  assert.is(item.revision, "8");
  const [put, more] = puts();
  assert.is(more, undefined);
  assert.is(put?.revision, 7n);
  assert.equal(
    [put?.file?.id, put?.file?.name, put?.file?.sectionId, put?.file?.size],
    ["", "a.txt", "s1", BigInt(canary.length)],
  );
  assert.is(put?.last, true);
  assert.equal(new TextDecoder().decode(joined(kept.parts)), canary);
});

test("sends a large file in parts, one after the other", async () => {
  const { items, puts, kept } = serving();
  const content = bytesOf(2 * limits.putFileBytes + 1);
  const before = content.slice();
  await items.files.attach(state, { name: "a", content });
  assert.equal(
    puts().map(({ offset, last }) => [Number(offset), last]),
    [
      [0, false],
      [limits.putFileBytes, false],
      [2 * limits.putFileBytes, true],
    ],
  );
  assert.ok(isSame(joined(kept.parts), before));
  assert.ok(isSame(content, before));
});

test("an empty file is one part, and a full one ends with its last", async () => {
  const { items, puts } = serving();
  await items.files.attach(state, { name: "a", content: "" });
  const content = new Uint8Array(limits.putFileBytes);
  await items.files.attach(state, { name: "b", content });
  assert.equal(
    puts().map(({ last, file }) => [file?.name, last]),
    [
      ["a", true],
      ["b", true],
    ],
  );
});

test("what is too large is not sent", async () => {
  const { items, seen } = serving();
  const content = new Uint8Array(limits.fileBytes + 1);
  const error = await errorOf(
    items.files.attach(state, { name: "a", content }),
  );
  assert.is(error.code, "limit-exceeded");
  assert.equal(seen, []);
});

test("replaces a file in its place, and the document of an item", async () => {
  const { items, puts } = serving();
  const file = { id: "f1", name: "old", sectionId: "s1", size: 1 };
  await items.files.replace(state, file, { content: "new" });
  await items.files.replace(state, file, { content: "new", name: "n" });
  const none = { ...state, files: [] };
  const document = { name: "d", content: "new" };
  await items.files.replaceDocument(none, document);
  await items.files.replaceDocument({ ...state, files: [file] }, document);
  const two = { ...state, files: [file, file] };
  const error = await errorOf(items.files.replaceDocument(two, document));
  assert.is(error.code, "invalid");
  assert.equal(
    puts().map((put) => [put.file?.id, put.file?.name, put.file?.sectionId]),
    [
      ["f1", "", "s1"],
      ["f1", "n", "s1"],
      ["", "d", ""],
      ["f1", "d", "s1"],
    ],
  );
});

test("deletes a file", async () => {
  const { items, seen } = serving();
  const item = await items.files.delete(state, { id: "f1" });
  assert.is(item.revision, "8");
  const [asked] = seen;
  assert.ok(asked?.case === "deleteFile");
  assert.equal(
    [asked.value.vaultId, asked.value.itemId, asked.value.fileId],
    ["v1", "i1", "f1"],
  );
  assert.is(asked.value.revision, 7n);
});

test("a part that is lost on its way is an outage; when the last one is, the outcome is unknown (SDK-002)", async () => {
  const content = bytesOf(limits.putFileBytes + 1);
  for (const [lostAt, code] of [
    [1, "unavailable"],
    [2, "outcome-unknown"],
    [3, "unavailable"],
  ] as const) {
    const { items, broker, answer } = serving();
    let count = 0;
    broker.request = ({ operation }) => {
      count += 1;
      if (count === lostAt) throw new ConnectError("lost", Code.Unavailable);
      return answer(operation?.operation ?? { case: undefined });
    };
    const call = items.files.attach(state, { name: "a", content });
    const error = await errorOf(call);
    assert.is(error.code, code);
    if (lostAt > 1) assert.is(error.outcomeUnknown, true);
    assert.is(count, lostAt);
  }
});

test("a revision that was not read is refused before anything is sent", async () => {
  const { items, seen } = serving();
  const wrong = { ...state, revision: "x" };
  for (const call of [
    items.files.attach(wrong, { name: "a", content: "" }),
    items.files.delete(wrong, { id: "f" }),
  ]) {
    assert.is((await errorOf(call)).code, "invalid");
  }
  assert.equal(seen, []);
});

test.run();
