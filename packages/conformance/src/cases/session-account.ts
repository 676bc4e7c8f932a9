// SPDX-License-Identifier: Apache-2.0
import {
  BrokerService,
  ItemFailure,
  ReferenceFailure,
  type RequestResponse,
} from "@assent/protocol";
import { Capability } from "@assent/protocol/conformance";
import { create, toBinary } from "@bufbuild/protobuf";
import type { Caller } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { equal, refused, served, that } from "../case/check.ts";
import {
  listVaults,
  read,
  readsValue,
  resolve,
  valuesOf,
} from "../case/operations.ts";
import { openRaw } from "../case/raw.ts";
import { failuresOf, getItems, vaultsOf } from "../case/vault-operations.ts";
import type { World } from "../case/world.ts";
import type { Answer } from "../wire/answer.ts";

/** Another process of the same executable. */
function twinOf(world: World, { process }: Caller): Promise<Caller> {
  return world.caller({
    within: (command) =>
      world.hasNativeCaller ? [process.executable] : command,
  });
}

/** Fails when an answer gives anything of acct2. */
function nothingOfAcct2(
  assertion: string,
  world: World,
  answer: Answer<RequestResponse>,
): void {
  const { value, vaultId } = world.item("j1");
  that(`${assertion}: no secret of acct2`, !valuesOf(answer).includes(value));
  that(
    `${assertion}: no vault of acct2`,
    !vaultsOf(answer).some(({ id }) => id === vaultId),
  );
}

/** Names that are not the name of acct1, but that some comparison could take for it, or for acct2. */
function twistedNames({ acct1, acct2 }: World): readonly string[] {
  const wide = (text: string) =>
    text.replace(/[!-~]/g, (one) =>
      String.fromCharCode(one.charCodeAt(0) + 0xfee0),
    );
  return [
    acct1.id.toUpperCase(),
    acct1.name.toUpperCase(),
    `${acct1.id} `,
    ` ${acct1.id}`,
    `${acct1.id}\u0000${acct2.id}`,
    `${acct2.id}\u0000${acct1.id}`,
    `${acct1.id}/../${acct2.id}`,
    `../${acct2.id}`,
    `${acct1.id},${acct2.id}`,
    `${acct1.id}\n${acct2.id}`,
    wide(acct1.id),
    wide(acct2.id),
    wide(acct2.name),
    `${acct2.name}\u200b`,
    acct2.name,
    acct2.id,
    "*",
    "",
  ];
}

const ofAccount = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);

/** Every text that came to a process: names and values of headers, texts of messages, whole bodies. */
function everythingIn(answers: readonly Answer<unknown>[]): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === "string") found.add(value);
    else if (value instanceof Uint8Array) {
      found.add(Buffer.from(value).toString("base64"));
    } else if (typeof value === "object" && value !== null) {
      for (const inner of Object.values(value)) walk(inner);
    }
  };
  for (const answer of answers) {
    walk(answer.headers);
    walk(answer.body);
    if (answer.kind === "served") walk(answer.message);
  }
  return [...found].filter((text) => /^[\x21-\x7e]{4,4000}$/.test(text));
}

/** Flavours that every broker serves. */
const required = ["connect-proto", "connect-json"] as const;

const typesAndLengths = /^(content-|connect-|date$|trailer|te$|grpc-|:)/;

/** An authorization is of one account and of one process. */
export const accountCases: Cases = {
  "two-accounts-need-two": {
    async run(world) {
      const caller = await world.granted();
      const account = world.acct2.id;
      refused(
        "Request of acct2",
        await caller.request(read(world.item("j1")), { account }),
        "unauthenticated",
      );
      equal("prompts", (await world.user.prompts()).length, 1);
      const asked = caller.authorize({ account });
      const [prompt] = await world.user.pending();
      equal("the account of the second prompt", prompt.accountId, account);
      await world.user.decide(prompt, "approve");
      served("Authorize of acct2", await asked);
      world.allow(caller, "j1");
      const answer = await caller.request(read(world.item("j1")), { account });
      readsValue("Request of acct2", answer, world.item("j1"));
    },
  },
  "item-of-other-account": {
    async run(world) {
      const caller = await world.granted();
      const { id, vaultId } = world.item("j1");
      const notFound: readonly number[] = [
        ReferenceFailure.VAULT_NOT_FOUND,
        ReferenceFailure.ITEM_NOT_FOUND,
      ];
      for (const vault of [vaultId, "V1"]) {
        const resolved = await caller.request(
          resolve(`assent://${vault}/${id}/value`),
        );
        const [why = 0] = failuresOf(resolved);
        if (resolved.kind === "served") {
          that("it is not found", notFound.includes(why), `failure ${why}`);
        } else refused("it", resolved, "not_found");
        const got = await caller.request(getItems(vault, id));
        if (got.kind === "served") {
          equal("whole", failuresOf(got), [ItemFailure.NOT_FOUND]);
        } else refused("whole", got, "not_found");
      }
    },
  },
  "account-id-tricks": {
    async run(world) {
      const caller = await world.granted();
      for (const account of twistedNames(world)) {
        const name = JSON.stringify(account);
        const answer = await caller.request(resolve("assent://V1/j1/value"), {
          account,
        });
        nothingOfAcct2(`Request of ${name}`, world, answer);
        const listed = await caller.request(listVaults, { account });
        nothingOfAcct2(`vaults of ${name}`, world, listed);
      }
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "account-field-twice": {
    async run(world) {
      const { acct1, acct2 } = world;
      const granted = await world.granted();
      const { request, authorize } = BrokerService.method;
      const list = toBinary(
        request.input,
        create(request.input, { operation: listVaults }),
      );
      const link = await granted.link("connect-proto");
      const orders = [
        [acct1.id, acct2.id],
        [acct2.id, acct1.id],
      ];
      for (const order of orders) {
        const accounts = order.map(ofAccount);
        const answer = await link.call(
          request,
          Buffer.concat([...accounts, list]),
        );
        nothingOfAcct2("vaults", world, answer);
        if (answer.kind !== "served") continue;
        const [vault] = vaultsOf(answer);
        const mine = acct1.items.map(({ vaultId }) => vaultId);
        that("a vault of acct1", mine.includes(vault?.id ?? ""));
      }
      // What is asked for must be what is shown, and what is granted.
      for (const order of orders) {
        const caller = await world.caller();
        const other = await caller.link("connect-proto");
        const asking = other.call(
          authorize,
          Buffer.concat(order.map(ofAccount)),
        );
        const refusal = asking.then(() => undefined);
        const prompts = await Promise.race([world.user.pending(), refusal]);
        if (prompts === undefined) continue;
        const [{ accountId }] = prompts;
        that("the prompt names one of them", order.includes(accountId));
        await world.user.decide(prompts[0], "approve");
        const answer = await asking;
        served("Authorize", answer);
        equal("granted", answer.message.grant?.accountId, accountId);
        const account = accountId === acct1.id ? acct2.id : acct1.id;
        refused(
          "Request of the account that was not shown",
          await caller.request(listVaults, { account }),
          "unauthenticated",
        );
      }
    },
  },
  "two-processes-need-two": {
    async run(world) {
      const first = await world.granted();
      const second = await twinOf(world, first);
      refused(
        "Request of the second",
        await second.request(read(world.item("i1"))),
        "unauthenticated",
      );
      const asked = second.authorize();
      const [prompt] = await world.user.pending();
      equal("the process of its prompt", prompt.pid, second.process.pid);
      equal("prompts", (await world.user.prompts()).length, 2);
      refused(
        "Request of the second while it waits",
        await second.request(read(world.item("i1")), {
          on: await second.link(),
        }),
        "unauthenticated",
      );
      await world.user.decide(prompt, "deny");
      refused("Authorize of the second", await asked, "permission_denied");
      const answer = await first.request(read(world.item("i1")));
      readsValue("Request of the first", answer, world.item("i1"));
    },
  },
  "sibling-uses-same-session-token": {
    async run(world) {
      const first = await world.caller();
      await world.user.decides("approve");
      world.allow(first, "i1");
      const answers: Answer<unknown>[] = [];
      for (const flavour of required) {
        const on = await first.link(flavour);
        const granted = await first.authorize({ on });
        served("Authorize", granted);
        answers.push(granted);
        answers.push(await first.request(read(world.item("i1")), { on }));
      }
      await world.user.decides("ignore");
      const second = await twinOf(world, first);
      const tries: Record<string, string>[] = [];
      for (const { headers } of answers) {
        const own = Object.entries(headers).filter(
          ([name]) => !typesAndLengths.test(name),
        );
        tries.push(Object.fromEntries(own));
        const cookie = headers["set-cookie"];
        if (cookie !== undefined) tries.push({ cookie });
      }
      const ids = world.described.capabilities.includes(Capability.SESSION_LIST)
        ? (await world.control.listSessions()).sessions.map(
            ({ sessionId }) => sessionId,
          )
        : [];
      for (const token of [...everythingIn(answers), ...ids]) {
        tries.push({
          authorization: `Bearer ${token}`,
          cookie: `session=${token}`,
          "assent-session": token,
          "x-session-id": token,
        });
      }
      for (const flavour of required) {
        const on = await second.link(flavour);
        for (const headers of tries) {
          refused(
            "Request with what the other got",
            await second.request(read(world.item("i1")), { headers, on }),
            "unauthenticated",
          );
        }
      }
      for (const account of everythingIn(answers)) {
        if (account.length > 200) continue;
        refused(
          "Request that names what the other got",
          await second.request(read(world.item("i1")), { account }),
          "unauthenticated",
        );
      }
      // The very bytes, on a connection of its own: whatever comes of them.
      for (const { connection } of first.links) {
        const raw = await openRaw(second, world.broker.endpoint);
        await raw.send(Buffer.concat(connection.received));
        raw.close();
      }
      refused(
        "Request afterwards",
        await second.request(read(world.item("i1"))),
        "unauthenticated",
      );
    },
  },
};
