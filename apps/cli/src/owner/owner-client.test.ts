// SPDX-License-Identifier: Apache-2.0
import {
  AccountService,
  OwnerErrorDetailSchema,
  OwnerReason,
} from "@assent/protocol/owner";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { serveOwner } from "../../test/scripted-owner.ts";
import { exitCodes } from "../exit.ts";
import { toCommandError } from "../failure.ts";
import { connectOwner } from "./owner-client.ts";

const userId = process.getuid?.() ?? -1;

test("states the version of the protocol on every call (VER-001)", async () => {
  await using server = await serveOwner((router) => {
    router.service(AccountService, { listAccounts: () => ({}) });
  });
  const owner = await connectOwner(server.socket, userId);
  await owner.accounts.listAccounts({});
  await owner.accounts.listAccounts({});
  owner.close();
  expect(server.headers).toMatchObject([
    { "assent-protocol-version": "1.0" },
    { "assent-protocol-version": "1.0" },
  ]);
  expect(server.connections).toHaveLength(1);
});

test("a connection that is lost is not replaced: it was authenticated", async () => {
  await using server = await serveOwner((router) => {
    router.service(AccountService, { listAccounts: () => ({}) });
  });
  const owner = await connectOwner(server.socket, userId);
  await owner.accounts.listAccounts({});
  const [connection] = server.connections;
  const closed = new Promise((resolve) => connection?.once("close", resolve));
  connection?.destroy();
  await closed;
  for (let call = 0; call < 2; call += 1) {
    const failure = await owner.accounts
      .listAccounts({})
      .catch((error: unknown) => toCommandError(error));
    expect(failure).toMatchObject({ exitCode: exitCodes.unreachable });
  }
  expect(server.connections).toHaveLength(1);
  owner.close();
});

test("the reason of a refusal arrives", async () => {
  await using server = await serveOwner((router) => {
    router.service(AccountService, {
      unlockAccount() {
        throw new ConnectError("no", Code.Unauthenticated, undefined, [
          {
            desc: OwnerErrorDetailSchema,
            value: { reason: OwnerReason.WRONG_CREDENTIAL },
          },
        ]);
      },
    });
  });
  const owner = await connectOwner(server.socket, userId);
  const failure = await owner.accounts
    .unlockAccount({})
    .catch((error: unknown) => toCommandError(error));
  expect(failure).toMatchObject({
    exitCode: exitCodes.credential,
    message: "That password is not right. Nothing was changed; try again.",
  });
  owner.close();
});
