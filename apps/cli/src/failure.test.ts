// SPDX-License-Identifier: Apache-2.0
import { ErrorDetailSchema, Reason, ReasonSchema } from "@assent/protocol";
import {
  OwnerErrorDetailSchema,
  OwnerReason,
  OwnerReasonSchema,
} from "@assent/protocol/owner";
import { AssentError, ReferenceFailureError } from "@assent/sdk-node";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { CommandError, exitCodes } from "./exit.ts";
import { toCommandError } from "./failure.ts";

function owner(reason: OwnerReason, text = "text of the broker"): ConnectError {
  return new ConnectError(text, Code.Unknown, undefined, [
    {
      desc: OwnerErrorDetailSchema,
      value: { reason, retryAfter: durationFromMs(8_000) },
    },
  ]);
}

test("every reason has an exit code that is documented, and a sentence", () => {
  const known: readonly number[] = Object.values(exitCodes);
  for (const { number } of OwnerReasonSchema.values) {
    const failure = toCommandError(owner(number as OwnerReason));
    expect(known).toContain(failure.exitCode);
    expect(failure.exitCode).not.toBe(exitCodes.done);
    expect(failure.message).not.toBe("");
  }
  for (const { number } of ReasonSchema.values) {
    const detail = { desc: ErrorDetailSchema, value: { reason: number } };
    const failure = toCommandError(
      new ConnectError("", Code.Unknown, undefined, [detail]),
    );
    expect(known).toContain(failure.exitCode);
    expect(failure.message).not.toBe("");
  }
});

test("reasons have the exit codes that the help tells", () => {
  expect(
    [
      OwnerReason.WRONG_CREDENTIAL,
      OwnerReason.RETRY_LATER,
      OwnerReason.PROMPT_GONE,
      OwnerReason.NOT_FOUND,
      OwnerReason.INTERNAL,
    ].map((reason) => toCommandError(owner(reason)).exitCode),
  ).toEqual([4, 4, 5, 6, 1]);
});

test("says how long to wait, and lets the broker explain what it alone knows", () => {
  expect(toCommandError(owner(OwnerReason.RETRY_LATER)).message).toContain(
    "Wait 8 seconds",
  );
  expect(toCommandError(owner(OwnerReason.INVALID)).message).toBe(
    "text of the broker",
  );
  expect(
    toCommandError(owner(OwnerReason.INVALID, "a\u001b[2Jb")).message,
  ).toBe("a<U+001B>[2Jb");
});

test("what the SDK tells a program is told anew to a person", () => {
  const denied = toCommandError(new AssentError("prompt-denied", "for code"));
  expect(denied).toMatchObject({
    exitCode: exitCodes.notApproved,
    message: "You denied it. Nothing was given.",
  });
  const missing = toCommandError(
    new ReferenceFailureError(
      "not-found",
      "for code",
      "field-not-found",
      "assent://Dev/GitHub/none",
    ),
  );
  expect(missing).toMatchObject({
    exitCode: exitCodes.notFound,
    message: "assent://Dev/GitHub/none: the item has no such field.",
  });
  expect(toCommandError(new AssentError("unavailable", "x"))).toMatchObject({
    exitCode: exitCodes.unreachable,
    hint: "See what to do with: assent status",
  });
  expect(
    toCommandError(new AssentError("integration-disabled", "x")).message,
  ).toContain("assent integration on");
  expect(Reason.INTEGRATION_DISABLED).toBe(12);
});

test("a failure of our own comes through whatever wraps it", () => {
  const own = new CommandError(exitCodes.unreachable, "gone");
  const wrapped = new ConnectError("x", Code.Unavailable, undefined, [], own);
  expect(toCommandError(wrapped)).toBe(own);
});

test("anything else is told in one safe line, without a stack", () => {
  const failure = toCommandError(new TypeError("bad\nthing"));
  expect(failure).toMatchObject({
    exitCode: exitCodes.failed,
    message: "bad<U+000A>thing",
  });
  expect(toCommandError("text").message).toBe("text");
  expect(
    toCommandError(new ConnectError("", Code.Unimplemented)).message,
  ).toContain("cannot do this");
  expect(toCommandError(new ConnectError("", Code.Unavailable)).exitCode).toBe(
    exitCodes.unreachable,
  );
});
