// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";
import {
  type ReferenceFailure,
  ReferenceFailureSchema,
  type ResolvedSecret,
  ResolvedSecretSchema,
  ResolvedSecretsSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf, reference } from "../test/client.ts";
import {
  canary,
  createScriptedBroker,
  resolveAll,
} from "../test/scripted-broker.ts";
import { ReferenceFailureError } from "./error.ts";
import { validateSecretReference } from "./reference-failure.ts";

/** A client of a broker that resolves every reference to this. */
function resolvingTo(outcome: ResolvedSecret["outcome"], times = 1) {
  const broker = createScriptedBroker();
  broker.request = () => ({
    case: "resolvedSecrets",
    value: create(ResolvedSecretsSchema, {
      secrets: Array.from({ length: times }, () =>
        create(ResolvedSecretSchema, { outcome }),
      ),
    }),
  });
  return connect(broker);
}

const bytes = Uint8Array.of(0xff, 0, 1);

test("gives text as text and bytes as bytes of the program's own", async () => {
  const client = connect(createScriptedBroker());
  assert.is(await client.secrets.resolve(reference), canary);
  const value = await client.secrets.resolveBytes(reference);
  assert.is(new TextDecoder().decode(value), canary);
  assert.is(value.buffer.byteLength, value.length);
});

test("bytes that are no text are not bent into one", async () => {
  const client = resolvingTo({ case: "value", value: bytes });
  const error = await errorOf(client.secrets.resolve(reference));
  assert.is(error.code, "not-text");
  assert.equal(await client.secrets.resolveBytes(reference), bytes);
});

test("a text that is no reference is not sent, and not repeated (SDK-007)", async () => {
  const broker = createScriptedBroker();
  const { secrets } = connect(broker);
  for (const text of [canary, `assent://${canary}`, ""]) {
    const error = await errorOf(secrets.resolve(text));
    assert.instance(error, ReferenceFailureError);
    assert.is(error.code, "invalid");
    assert.not(inspect(error, { showHidden: true }).includes(canary));
    assert.throws(() => validateSecretReference(text));
  }
  validateSecretReference(reference);
  assert.is(broker.seen.length, 0);
});

test("tells each failure of the schema by a name of its own (SDK-005)", async () => {
  const names = new Set<string>();
  const values = ReferenceFailureSchema.values.filter((v) => v.number !== 0);
  for (const { number, localName } of values) {
    const value = number as ReferenceFailure;
    const client = resolvingTo({ case: "failure", value });
    const error = await errorOf(client.secrets.resolve(reference));
    assert.instance(error, ReferenceFailureError);
    const { failure, message } = error as ReferenceFailureError;
    assert.is(failure, localName.toLowerCase().replaceAll("_", "-"));
    assert.ok(message.startsWith(reference));
    assert.is((error as ReferenceFailureError).reference, reference);
    if (failure === "out-of-scope") assert.is(error.code, "out-of-scope");
    if (failure.endsWith("not-found") && !failure.startsWith("ssh")) {
      assert.is(error.code, "not-found");
    }
    names.add(failure);
  }
  assert.is(names.size, values.length);
});

test("a failure it does not know, or no outcome, is no value (VER-004)", async () => {
  for (const outcome of [
    { case: "failure", value: 99 as ReferenceFailure },
    { case: undefined },
  ] as const) {
    const client = resolvingTo(outcome);
    const error = await errorOf(client.secrets.resolve(reference));
    assert.is(error.code, "reference-failed");
    assert.is((error as ReferenceFailureError).failure, "other");
  }
});

test("more or fewer outcomes than references are refused (SDK-016)", async () => {
  for (const times of [0, 2]) {
    const client = resolvingTo({ case: "value", value: bytes }, times);
    const error = await errorOf(client.secrets.resolveBytes(reference));
    assert.is(error.code, "malformed-answer");
  }
});

test("resolves many at once, each with its own outcome", async () => {
  const broker = createScriptedBroker();
  broker.request = ({ operation }) => {
    const result = resolveAll(operation);
    if (result.case !== "resolvedSecrets") return result;
    const missing = 4 as ReferenceFailure;
    const [, second] = result.value.secrets;
    if (second) second.outcome = { case: "failure", value: missing };
    return result;
  };
  const other = "assent://Dev/Missing/token";
  const outcomes = await connect(broker).secrets.resolveAll([
    reference,
    "nonsense",
    other,
    reference,
  ]);
  assert.is(outcomes.size, 3);
  assert.is(outcomes.get(reference)?.secret?.reveal(), canary);
  assert.is(outcomes.get(other)?.error?.failure, "item-not-found");
  assert.is(outcomes.get("nonsense")?.error?.failure, "parsing");
  assert.is(broker.count("request"), 1);
});

test("more references than a call may have go in several", async () => {
  const broker = createScriptedBroker();
  const client = connect(broker);
  const references = Array.from({ length: 1_001 }, (_, i) => `op://v/i/f${i}`);
  await client.authorize();
  const outcomes = await client.secrets.resolveAll(references);
  assert.is(outcomes.size, 1_001);
  assert.is(outcomes.get("op://v/i/f1000")?.secret?.reveal(), canary);
  assert.is(broker.count("request"), 2);
});

test("nothing to resolve asks nothing", async () => {
  const broker = createScriptedBroker();
  const outcomes = await connect(broker).secrets.resolveAll([]);
  assert.is(outcomes.size, 0);
  assert.is(broker.seen.length, 0);
});

test.run();
