// SPDX-License-Identifier: Apache-2.0
import {
  BrokerService,
  ItemSchema,
  Reason,
  ReferenceFailure,
  ScopeSchema,
} from "@assent/protocol";
import { clone, create, toBinary } from "@bufbuild/protobuf";
import type { Operation } from "../case/caller.ts";
import { scopeOf } from "../case/caller.ts";
import type { Cases } from "../case/case.ts";
import { alike, equal, refused, served, that } from "../case/check.ts";
import { newId } from "../case/fixture.ts";
import {
  listItems,
  putItem,
  read,
  readsValue,
  resolve,
  valuesOf,
} from "../case/operations.ts";
import {
  contents,
  deleteFile,
  deleteVault,
  failuresOf,
  getItems,
  makeItem,
  makeVault,
  putFile,
  putVault,
  putWhole,
  readFile,
  removeItems,
  storedItem,
} from "../case/vault-operations.ts";
import { isOutside, onlyV1, write, writes } from "./session-outside.ts";

/** What a program may do, and no more. */
export const scopeCases: Cases = {
  "out-of-scope-read": {
    async run(world) {
      const caller = await world.granted(onlyV1);
      const { reference, vaultId, id } = world.item("i3");
      await isOutside(caller, {
        "reading a secret": resolve(reference),
        "reading it by ids": resolve(`assent://${vaultId}/${id}/value`),
        "reading the item": getItems(vaultId, id),
        "reading a file": readFile(vaultId, id),
        "listing the vault": listItems(vaultId),
        "listing the vault by name": listItems("V2"),
      });
      world.allow(caller, "i1");
      const mixed = await caller.request(
        resolve(world.item("i1").reference, reference),
      );
      readsValue("a Request partly outside", mixed, world.item("i1"));
      equal("the part outside", failuresOf(mixed), [
        ReferenceFailure.OUT_OF_SCOPE,
      ]);
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "out-of-scope-write": {
    async run(world) {
      const owner = await world.granted(write);
      const before = await contents(owner);
      const caller = await world.granted();
      await isOutside(caller, writes(world));
      equal("what is there", await contents(owner), before);
      const answer = await caller.request(read(world.item("i1")));
      readsValue("Request", answer, world.item("i1"));
    },
  },
  "scope-from-request-ignored": {
    async run(world) {
      const caller = await world.granted(onlyV1);
      const wide = scopeOf({ write: true });
      const { input } = BrokerService.method.request;
      const scope = toBinary(ScopeSchema, wide);
      const link = await caller.link("connect-proto");
      const claims = [3, 4, 15].map((field) =>
        Buffer.concat([Buffer.from([(field << 3) | 2, scope.length]), scope]),
      );
      const operations = { read: read(world.item("i3")), write: putVault("x") };
      for (const [name, operation] of Object.entries(operations)) {
        const message = create(input, { account: world.acct1.id, operation });
        for (const claim of claims) {
          const bytes = Buffer.concat([toBinary(input, message), claim]);
          refused(
            `${name} with a scope in the message`,
            await link.call(BrokerService.method.request, bytes),
            "permission_denied",
            Reason.OUT_OF_SCOPE,
          );
        }
        const headers = {
          "assent-scope": "*",
          "x-assent-scope": "every-vault:read-write",
          scope: Buffer.from(scope).toString("base64"),
          "assent-scope-bin": Buffer.from(scope).toString("base64"),
        };
        refused(
          `${name} with a scope in the headers`,
          await caller.request(operation, { headers }),
          "permission_denied",
          Reason.OUT_OF_SCOPE,
        );
      }
    },
  },
  "scope-prefix-names": {
    async run(world) {
      const owner = await world.granted(write);
      for (const name of ["Dev", "Dev2", "De", "dev team"]) {
        const vaultId = await makeVault(owner, name);
        await makeItem(owner, vaultId, "item", `the secret of ${name}`);
      }
      const caller = await world.granted({ scope: { vaults: ["Dev"] } });
      const inside = await caller.request(resolve("assent://Dev/item/value"));
      equal("reading in Dev", valuesOf(inside), ["the secret of Dev"]);
      await isOutside(caller, {
        "reading in Dev2": resolve("assent://Dev2/item/value"),
        "reading in De": resolve("assent://De/item/value"),
        "reading in dev team": resolve("assent://dev team/item/value"),
        "listing Dev2": listItems("Dev2"),
      });
    },
  },
  "scope-bound-at-approval": {
    async run(world) {
      const owner = await world.granted(write);
      const caller = await world.granted(onlyV1);
      const { vaultId, id } = world.item("i1");
      served("renaming", await owner.request(putVault("Renamed", vaultId)));
      const second = await makeVault(owner, "V1");
      const item = await makeItem(owner, second, "i1", "the second secret");
      world.allow(caller, "i1");
      for (const vault of [vaultId, "Renamed"]) {
        const answer = await caller.request(
          resolve(`assent://${vault}/${id}/value`),
        );
        readsValue("what was granted", answer, world.item("i1"));
      }
      await isOutside(caller, {
        "the second, by ids": resolve(
          `assent://${second}/${item.overview?.id}/value`,
        ),
        "the second, by name": resolve("assent://V1/i1/value"),
        "listing the second": listItems(second),
      });
    },
  },
  "scope-out-alike": {
    async run(world) {
      const caller = await world.granted(onlyV1);
      const { vaultId, id } = world.item("i3");
      const nobody = newId();
      const nowhere = newId();
      const secret = (vault: string, item: string) =>
        resolve(`assent://${vault}/${item}/value`);
      const alternatives: Readonly<Record<string, readonly Operation[]>> = {
        "reading by name": [
          secret("V2", "i3"),
          secret("V2", "no3"),
          secret("V9", "i3"),
        ],
        "reading by id": [
          secret(vaultId, id),
          secret(vaultId, nobody),
          secret(nowhere, nobody),
        ],
        "reading an item": [
          getItems(vaultId, id),
          getItems(vaultId, nobody),
          getItems(nowhere, id),
          getItems(nowhere, nobody),
        ],
        "listing by name": [listItems("V2"), listItems("V9")],
        "listing by id": [listItems(vaultId), listItems(nowhere)],
        writing: [
          putItem(vaultId, "new", "a new value"),
          putItem(nowhere, "new", "a new value"),
        ],
        deleting: [removeItems(vaultId, id), removeItems(nowhere, nobody)],
        "deleting a vault": [deleteVault(vaultId), deleteVault(nowhere)],
      };
      for (const [name, operations] of Object.entries(alternatives)) {
        const answers = [];
        for (const operation of operations) {
          answers.push(await caller.request(operation));
        }
        const [first, ...others] = answers;
        if (first === undefined) continue;
        refused(name, first, "permission_denied", Reason.OUT_OF_SCOPE);
        for (const other of others) alike(name, other, first);
      }
      // An item of another vault under the name of a vault that is granted.
      const inside = world.item("i1").vaultId;
      alike(
        "reading another vault's item as one of V1",
        await caller.request(getItems(inside, id)),
        await caller.request(getItems(inside, nobody)),
      );
    },
  },
  "scope-put-moves-item": {
    async run(world) {
      const owner = await world.granted(write);
      world.allow(owner, "i1", "i3");
      const v1 = world.item("i1").vaultId;
      const v2 = world.item("i3").vaultId;
      const scope = { vaults: ["V1"], write: true };
      const caller = await world.granted({ scope });
      for (const [name, from, to] of [
        ["i3", v2, v1],
        ["i1", v1, v2],
      ] as const) {
        const stored = await storedItem(owner, from, world.item(name).id);
        const moved = clone(ItemSchema, stored);
        if (moved.overview) moved.overview.vaultId = to;
        await isOutside(caller, { [`moving ${name}`]: putWhole(moved) });
        const after = await storedItem(owner, from, world.item(name).id);
        equal(`the revision of ${name}`, after.revision, stored.revision);
        equal(
          `the vault of ${name}`,
          after.overview?.vaultId,
          stored.overview?.vaultId,
        );
      }
    },
  },
  "scope-field-not-item": {
    async run(world) {
      const { vaultId, id, reference } = world.item("i1");
      const caller = await world.granted({
        scope: { references: [reference] },
      });
      world.allow(caller, "i1");
      const answer = await caller.request(resolve(reference));
      readsValue("the field that was granted", answer, world.item("i1"));
      await isOutside(caller, {
        "the whole item": getItems(vaultId, id),
        "another field": resolve("assent://V1/i1/otp"),
        "its code": resolve("assent://V1/i1/otp?attribute=otp"),
        "another item": read(world.item("i2")),
        "the list": listItems(vaultId),
        "a change": putItem(vaultId, "new", "a new value"),
        // Judged before anything else, also by a broker that keeps no files.
        "a file": readFile(vaultId, id),
        "a file put": putFile(vaultId, id),
        "a file removed": deleteFile(vaultId, id),
      });
    },
  },
  "scope-otp-not-seed": {
    async run(world) {
      const code = "assent://V1/i1/otp?attribute=otp";
      const caller = await world.granted({ scope: { references: [code] } });
      const answer = await caller.request(resolve(code));
      const [value = ""] = valuesOf(answer);
      that("it is a one-time code", /^[0-9]{6}$/.test(value), "another text");
      await isOutside(caller, {
        "the seed": resolve("assent://V1/i1/otp"),
        "the seed as a value": resolve("assent://V1/i1/otp?attribute=value"),
        "its type": resolve("assent://V1/i1/otp?attribute=type"),
        "the whole item": getItems("V1", world.item("i1").id),
        "another field": read(world.item("i1")),
      });
    },
  },
};
