// SPDX-License-Identifier: Apache-2.0
import { userInfo } from "node:os";
import type { RequestResponse } from "@assent/protocol";
import type { Caller, Operation } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { alike, equal, refused, that } from "../case/check.ts";
import { newId } from "../case/fixture.ts";
import {
  listItems,
  listVaults,
  putItem,
  read,
  resolve,
} from "../case/operations.ts";
import { insideOf, provoke, textOf } from "../case/provoked.ts";
import {
  deleteVault,
  getItems,
  makeItem,
  makeVault,
  putVault,
  removeItems,
} from "../case/vault-operations.ts";
import type { World } from "../case/world.ts";
import type { Answer } from "../wire/answer.ts";
import { flavours } from "../wire/flavour.ts";

const write = { scope: { write: true } } as const;

/** The same operation on what exists and on what does not, by a process that may nothing. */
function tellNothing(
  pairs: (
    world: World,
  ) => readonly (readonly [what: string, first: Asked, ...others: Asked[]])[],
): Case {
  return {
    async run(world) {
      const caller = await world.caller();
      for (const [what, first, ...others] of pairs(world)) {
        const expected = await ask(caller, first);
        refused(what, expected, "unauthenticated");
        for (const other of others) {
          alike(what, await ask(caller, other), expected);
        }
      }
      equal("prompts", (await world.user.prompts()).length, 0);
    },
  };
}

interface Asked {
  readonly account: string;
  readonly operation: Operation;
}

function ask(
  caller: Caller,
  { account, operation }: Asked,
): Promise<Answer<RequestResponse>> {
  return caller.request(operation, { account });
}

const grpcPaths = [
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
  "/grpc.health.v1.Health/Check",
  "/grpc.health.v1.Health/Watch",
  "/grpc.channelz.v1.Channelz/GetServers",
];

const plainPaths = [
  "/",
  "/metrics",
  "/debug",
  "/debug/pprof/",
  "/debug/vars",
  "/health",
  "/healthz",
  "/status",
  "/version",
  "/favicon.ico",
  "/assent.v1.BrokerService",
  "/assent.conformance.v1.ControlService/Describe",
];

/** What must not be told, to whom, by what way. */
export const leakCases: Cases = {
  "unauth-errors-canary": {
    async run(world) {
      const mark = newId().slice(0, 10);
      const account = `Zebra ${mark}`;
      await world.control.seed({
        accounts: [
          {
            displayName: account,
            credential: `canary-credential-${newId()}`,
            items: [
              {
                vault: `Quagga ${mark}`,
                title: `Okapi ${mark}`,
                value: `canary-okapi-${mark}`,
              },
            ],
          },
        ],
      });
      const caller = await world.caller();
      const { username, homedir } = userInfo();
      const names = [
        "Zebra",
        "Quagga",
        "Okapi",
        mark,
        world.acct1.name,
        world.acct2.name,
        world.acct2.id,
        ...[...world.acct1.items, ...world.acct2.items].map(({ id }) => id),
        world.broker.home,
        world.broker.endpoint,
        caller.process.executable,
        homedir,
        username,
      ];
      // What is short could stand there by chance.
      const sought = names.filter((name) => name.length >= 4);
      for (const { what, text } of await provoke(world, caller)) {
        for (const name of sought) {
          that(`${what}: nothing is told`, !text.includes(name), "a name");
        }
      }
    },
  },
  "account-exists-oracle": tellNothing((world) => {
    const accounts = [
      newId(),
      world.acct1.id,
      world.acct2.id,
      world.acct1.name,
      "Nobody",
    ];
    const { vaultId } = world.item("i1");
    const operations = {
      read: read(world.item("i1")),
      "list vaults": listVaults,
      "list items": listItems(vaultId),
      write: putItem(vaultId, "new", "a new value"),
    };
    return Object.entries(operations).map(([what, operation]) => {
      const [first, ...others] = accounts.map((account) => ({
        account,
        operation,
      }));
      return [what, first as Asked, ...others] as const;
    });
  }),
  "item-exists-oracle": tellNothing((world) => {
    const { id, vaultId, reference } = world.item("i1");
    const account = world.acct1.id;
    const pair = (what: string, ...operations: readonly Operation[]) => {
      const [first, ...others] = operations.map((operation) => ({
        account,
        operation,
      }));
      return [what, first as Asked, ...others] as const;
    };
    return [
      pair(
        "read",
        resolve(reference),
        resolve("assent://V1/i9/value"),
        resolve("assent://V9/i9/value"),
        resolve(`assent://${vaultId}/${id}/value`),
        resolve(`assent://${newId()}/${newId()}/value`),
      ),
      pair(
        "read whole",
        getItems(vaultId, id),
        getItems(vaultId, newId()),
        getItems(newId(), newId()),
      ),
      pair("list", listItems("V1"), listItems("V9"), listItems(newId())),
      pair("delete", removeItems(vaultId, id), removeItems(vaultId, newId())),
      pair("delete a vault", deleteVault(vaultId), deleteVault(newId())),
      pair("rename", putVault("x", vaultId), putVault("x", newId())),
    ];
  }),
  "authorized-not-found-no-list": {
    async run(world) {
      const owner = await world.granted(write);
      const vaultId = await makeVault(owner, "Quagga");
      await makeItem(owner, vaultId, "Okapi", "a secret of it");
      const caller = await world.granted();
      world.allowNothing(caller);
      const { id } = world.item("i1");
      const operations = [
        resolve("assent://V1/Okap/value"),
        resolve("assent://Quagg/Okapi/value"),
        resolve(`assent://V1/${newId()}/value`),
        resolve("assent://V1/i1/valu"),
        getItems("V1", newId()),
        getItems("V2", id),
        getItems("Quagg", id),
        listItems("Quagg"),
        listItems(newId()),
      ];
      for (const operation of operations) {
        const answer = await caller.request(operation);
        const text = textOf(answer);
        for (const name of ["Quagga", "Okapi", "a secret of it"]) {
          that("nothing else is named", !text.includes(name), name);
        }
      }
    },
  },
  "no-stack": {
    async run(world) {
      const caller = await world.caller();
      const granted = await world.granted(write);
      const more = [
        getItems("V9", newId()),
        putItem(newId(), "new", "a new value"),
        removeItems(world.item("i1").vaultId, newId()),
        deleteVault(newId()),
        listItems("V9"),
        {},
      ];
      const all = [
        ...(await provoke(world, caller)),
        ...(await Promise.all(
          more.map(async (operation) => ({
            what: "a Request that fails",
            text: textOf(await granted.request(operation)),
          })),
        )),
      ];
      for (const { what, text } of all) {
        const found = insideOf(text);
        that(`${what}: nothing of the inside`, found === undefined, found);
      }
    },
  },
  "reflection-off": {
    async run(world) {
      const caller = await world.caller();
      for (const { name, headers, wrap } of flavours) {
        const on = await caller.link(name);
        for (const path of [...grpcPaths, ...plainPaths]) {
          const isPlain = plainPaths.includes(path);
          const answer = await on.exchange.send({
            ...(isPlain ? { method: "GET" } : {}),
            path,
            headers: headers(undefined),
            body: isPlain ? Buffer.alloc(0) : wrap(Buffer.alloc(0)),
          });
          const status =
            answer.headers["grpc-status"] ??
            answer.trailers["grpc-status"] ??
            /grpc-status: ?(\d+)/.exec(answer.body.toString())?.[1];
          // gRPC says in a trailer, of a 200, that it was not done.
          const isServed =
            answer.status >= 200 &&
            answer.status < 400 &&
            (status === undefined || status === "0");
          that(`${path} (${name}) is not served`, !isServed);
          that(
            `${path} (${name}) names no service`,
            !textOf(answer).includes("BrokerService") ||
              path.includes("BrokerService"),
          );
        }
        on.close();
      }
    },
  },
};
