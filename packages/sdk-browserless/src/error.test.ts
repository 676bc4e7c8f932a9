// SPDX-License-Identifier: Apache-2.0
import { inspect } from "node:util";
import { Reason } from "@assent/protocol";
import { Code } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf, reference } from "../test/client.ts";
import {
  canary,
  createScriptedBroker,
  refusal,
} from "../test/scripted-broker.ts";

test("a secret that the broker repeats is not in the error (SDK-007)", async () => {
  const broker = createScriptedBroker();
  broker.request = () => {
    throw refusal(Code.InvalidArgument, Reason.INVALID, `bad: ${canary}`, [
      canary,
    ]);
  };
  const { items } = connect(broker);
  const error = await errorOf(
    items.create({ vaultId: "v1", title: "x", notes: canary }),
  );
  assert.is(error.code, "invalid");
  const shown = [
    inspect(error, { depth: null, showHidden: true }),
    JSON.stringify(error),
    String(error),
    error.stack,
  ].join();
  assert.not(shown.includes(canary), shown);
});

test("an error tells its kind by name, code and class (SDK-005)", async () => {
  const broker = createScriptedBroker();
  broker.authorize = () => {
    throw refusal(Code.PermissionDenied, Reason.PROMPT_DENIED);
  };
  const error = await errorOf(connect(broker).secrets.resolve(reference));
  assert.is(error.name, "AssentError");
  assert.is(error.code, "prompt-denied");
  assert.ok(error instanceof Error);
  assert.ok(error.message.includes("authorize()"));
  assert.equal(JSON.parse(JSON.stringify(error)), {
    name: "AssentError",
    code: "prompt-denied",
    outcomeUnknown: false,
  });
});

test.run();
