// SPDX-License-Identifier: Apache-2.0
import { ErrorDetailSchema, type Reason, ReasonSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  answeredError,
  connectCodeFromName,
  connectCodeFromNumber,
} from "./failure.ts";

const detail = (reason: number, supportedVersions: string[] = []) =>
  create(ErrorDetailSchema, { reason: reason as Reason, supportedVersions });

test("gives each reason of the schema a code and a text of its own (SDK-005)", () => {
  const codes = new Set<string>();
  const texts = new Set<string>();
  const reasons = ReasonSchema.values.filter(({ number }) => number !== 0);
  for (const { number } of reasons) {
    const error = answeredError("permission_denied", detail(number));
    codes.add(error.code);
    texts.add(error.message);
  }
  assert.is(codes.size, reasons.length);
  assert.is(texts.size, reasons.length);
  assert.not(codes.has("not-approved"));
});

test("a reason it does not know, or none, is no approval (VER-004)", () => {
  for (const reason of [0, 19, 999]) {
    const error = answeredError("unauthenticated", detail(reason));
    assert.is(error.code, "not-approved");
  }
  for (const code of ["unauthenticated", "permission_denied"] as const) {
    assert.is(answeredError(code, undefined).code, "not-approved");
  }
});

test("keeps the code of the protocol (SDK-005)", () => {
  const error = answeredError("permission_denied", detail(6));
  assert.is(error.connectCode, "permission_denied");
  assert.is(answeredError("unimplemented", undefined).code, "unsupported");
});

test("knows the codes by the names and numbers of Connect", () => {
  for (const code of Object.values(Code)) {
    if (typeof code !== "number") continue;
    const name = codeToString(code);
    assert.is(connectCodeFromNumber(code), name);
    assert.is(connectCodeFromName(name), name);
  }
  assert.is(connectCodeFromName("toString"), undefined);
  assert.is(connectCodeFromNumber(99), undefined);
});

test("says when a call may have been carried out (SDK-002)", () => {
  const unknown = (...call: Parameters<typeof answeredError>) =>
    answeredError(...call).outcomeUnknown;
  assert.is(unknown("unavailable", undefined), true);
  assert.is(unknown("unknown", undefined), true);
  assert.is(unknown("internal", detail(18)), true);
  assert.is(unknown("unavailable", detail(12)), false);
  assert.is(unknown("unavailable", detail(17)), false);
  assert.is(unknown("invalid_argument", undefined), false);
});

test("tells the versions that a broker speaks, if they are versions", () => {
  const error = answeredError(
    "failed_precondition",
    detail(11, ["2.0", "<x>"]),
  );
  assert.is(error.code, "version-unsupported");
  assert.equal(error.supportedVersions, ["2.0"]);
});

test.run();
