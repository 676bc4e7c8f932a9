// SPDX-License-Identifier: Apache-2.0
import { type Operation, OperationSchema } from "@assent/protocol";
import { AccountService, VaultService } from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { serveOwner } from "../../test/scripted-owner.ts";
import { assent } from "../../test/test-io.ts";
import { personal } from "../../test/waiting.ts";
import { exitCodes } from "../exit.ts";

// A broker that keeps one item, whose value it gives as told.
async function serveItem(value: Uint8Array, operations: Operation[]) {
  const overview = { id: "item", vaultId: "vault", title: "GitHub" };
  const item = { overview, fields: [{ id: "f", title: "token", value }] };
  return serveOwner((router) => {
    router.service(AccountService, {
      listAccounts: () => ({ accounts: [personal] }),
    });
    router.service(VaultService, {
      operate(request) {
        const operation = request.operation ?? create(OperationSchema);
        operations.push(operation);
        return operation.operation.case === "listItems"
          ? {
              result: {
                result: { case: "itemOverviews", value: { items: [overview] } },
              },
            }
          : {
              result: {
                result: {
                  case: "itemOutcomes",
                  value: {
                    outcomes: [{ outcome: { case: "item", value: item } }],
                  },
                },
              },
            };
      },
    });
  });
}

function edit(home: string) {
  return assent(
    [
      "item",
      "edit",
      "Dev",
      "GitHub",
      "--title",
      "New",
      "--password-stdin",
      "--home",
      home,
    ],
    { stdin: "password\n" },
  );
}

test("an item that came without its values is never written back", async () => {
  const operations: Operation[] = [];
  await using server = await serveItem(new Uint8Array(7), operations);
  const { code, err } = await edit(server.home);
  expect(code).toBe(exitCodes.failed);
  expect(err).toContain("Nothing was changed");
  expect(operations.map(({ operation }) => operation.case)).toEqual([
    "listItems",
    "getItems",
  ]);
});

test("an item that came whole is written back with its values", async () => {
  const operations: Operation[] = [];
  const value = new TextEncoder().encode("hunter2");
  await using server = await serveItem(value, operations);
  expect((await edit(server.home)).code).toBe(exitCodes.done);
  expect(operations.at(-1)?.operation).toMatchObject({
    case: "putItems",
    value: { items: [{ overview: { title: "New" }, fields: [{ value }] }] },
  });
});
