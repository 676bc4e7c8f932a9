// SPDX-License-Identifier: Apache-2.0
import {
  BrokerService,
  ErrorDetailSchema,
  Reason,
  RevokeRequestSchema,
  versionHeader,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createRouterTransport,
  type HandlerContext,
} from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "../test/client.ts";
import { canary } from "../test/scripted-broker.ts";
import { adaptConnectTransport } from "./connect.ts";

function revoke(
  serve: (context: HandlerContext) => void | Promise<void>,
  signal = new AbortController().signal,
) {
  const transport = adaptConnectTransport(
    createRouterTransport(({ service }) => {
      service(BrokerService, {
        async revoke(_, context) {
          await serve(context);
          return {};
        },
      });
    }),
  );
  const message = create(RevokeRequestSchema);
  return transport.unary(BrokerService.method.revoke, message, {
    signal,
    timeoutMs: 5_000,
  });
}

test("carries calls over a transport of Connect (SDK-010)", async () => {
  let seen: HandlerContext | undefined;
  await revoke((context) => {
    seen = context;
    context.responseHeader.set(versionHeader, "1.3");
  });
  assert.is(seen?.requestHeader.get(versionHeader), "1.0");
  assert.ok((seen?.timeoutMs() ?? 5_001) <= 5_000);
});

test("reads the reason of a ConnectError and leaves its text (SDK-005, SDK-007)", async () => {
  const error = await errorOf(
    revoke(() => {
      const value = { reason: Reason.ACCOUNT_LOCKED };
      throw new ConnectError(canary, Code.Unauthenticated, undefined, [
        { desc: ErrorDetailSchema, value },
      ]);
    }),
  );
  assert.is(error.code, "account-locked");
  assert.is(error.connectCode, "unauthenticated");
  assert.not(String(error.stack).includes(canary));
});

test("an answer without a version, or of another major, is refused (VER-005)", async () => {
  assert.is((await errorOf(revoke(() => {}))).code, "malformed-answer");
  const other = revoke(({ responseHeader }) => {
    responseHeader.set(versionHeader, "2.0");
  });
  assert.is((await errorOf(other)).code, "version-unsupported");
  const refused = revoke(() => {
    throw new ConnectError("", Code.Unauthenticated, {
      [versionHeader]: "2.0",
    });
  });
  assert.is((await errorOf(refused)).code, "version-unsupported");
});

test("an abort reaches the handler, and the reason comes back (SDK-010)", async () => {
  const control = new AbortController();
  const reason = new Error("enough");
  const call = revoke(
    ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve());
        control.abort(reason);
      }),
    control.signal,
  );
  assert.is(await call.catch((error) => error), reason);
});

test("anything else that is thrown says nothing (SDK-016)", async () => {
  const transport = adaptConnectTransport({
    unary: () => Promise.reject(new TypeError(canary)),
  });
  const error = await errorOf(
    transport.unary(BrokerService.method.revoke, create(RevokeRequestSchema), {
      signal: new AbortController().signal,
      timeoutMs: 1_000,
    }),
  );
  assert.is(error.code, "unavailable");
  assert.not(String(error.stack).includes(canary));
});

test.run();
