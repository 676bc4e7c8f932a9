// SPDX-License-Identifier: Apache-2.0
import { create, toBinary } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AuthorizeRequestSchema } from "./gen/assent/v1/broker_pb.ts";
import { limits } from "./limits.ts";

test("a scope of as many references as may be fits into one message (WIR-003)", () => {
  const references = Array.from({ length: limits.references }, () =>
    "x".repeat(limits.referenceLength),
  );
  const request = create(AuthorizeRequestSchema, {
    account: "a".repeat(limits.accountLength),
    scope: { extent: { case: "references", value: { references } } },
    integration: {
      name: "n".repeat(limits.integrationNameLength),
      version: "v".repeat(limits.integrationVersionLength),
    },
    purpose: "p".repeat(limits.purposeLength),
  });
  const { length } = toBinary(AuthorizeRequestSchema, request);
  assert.ok(length <= limits.messageBytes, `${length} bytes`);
});

test("an authorization ends after ten minutes without use and twelve hours in any case (EXP-001, EXP-013)", () => {
  assert.is(limits.inactivityMs, 10 * 60_000);
  assert.is(limits.overallMs, 12 * 60 * 60_000);
});

test("what can be asked for lies within what is granted (EXP-010)", () => {
  assert.ok(limits.inactivityMinMs > 0);
  assert.ok(limits.inactivityMinMs <= limits.inactivityMs);
  assert.ok(limits.inactivityMs <= limits.overallMs);
});

test("a prompt waits longer for its user than a connection for its bytes (SES-004, WIR-007)", () => {
  assert.ok(limits.promptMs > limits.receiveMs);
});

test("every limit is a positive whole number", () => {
  for (const [name, value] of Object.entries(limits)) {
    assert.ok(Number.isSafeInteger(value) && value > 0, name);
  }
});

test.run();
