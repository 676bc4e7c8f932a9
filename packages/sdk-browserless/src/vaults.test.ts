// SPDX-License-Identifier: Apache-2.0
import { type Operation, VaultSchema, VaultsSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, errorOf } from "../test/client.ts";
import { createScriptedBroker } from "../test/scripted-broker.ts";

test("lists, creates, renames and deletes vaults", async () => {
  const broker = createScriptedBroker();
  const seen: Operation["operation"][] = [];
  const vault = create(VaultSchema, { id: "v1", name: "Dev", itemCount: 3 });
  broker.request = ({ operation }) => {
    const asked = operation?.operation ?? { case: undefined };
    seen.push(asked);
    switch (asked.case) {
      case "listVaults":
        return {
          case: "vaults",
          value: create(VaultsSchema, { vaults: [vault] }),
        };
      case "putVault":
        return { case: "vault", value: vault };
      default:
        return { case: "done", value: { $typeName: "assent.v1.Done" } };
    }
  };
  const { vaults } = connect(broker);
  const read = { id: "v1", name: "Dev", description: "", itemCount: 3 };
  assert.equal(await vaults.list(), [read]);
  assert.equal(await vaults.create({ name: "Dev" }), read);
  await vaults.update("v1", { name: "Ops" });
  await vaults.delete("v1");
  const puts = seen.flatMap((each) =>
    each.case === "putVault" ? [each.value.vault] : [],
  );
  assert.equal(
    puts.map((put) => [put?.id, put?.name]),
    [
      ["", "Dev"],
      ["v1", "Ops"],
    ],
  );
  const last = seen.at(-1);
  assert.is(last?.case === "deleteVault" && last.value.vaultId, "v1");
});

test("gets a vault by id or name, and tells when several have the name", async () => {
  const broker = createScriptedBroker();
  const vaults = [
    { id: "v1", name: "Dev" },
    { id: "v2", name: "Ops" },
    { id: "v3", name: "Ops" },
    // An id wins over a name.
    { id: "v4", name: "v1" },
  ];
  broker.request = () => ({
    case: "vaults",
    value: create(VaultsSchema, { vaults }),
  });
  const client = connect(broker);
  assert.is((await client.vaults.get("Dev")).id, "v1");
  assert.is((await client.vaults.get("v1")).id, "v1");
  assert.is((await client.vaults.get("v2")).id, "v2");
  assert.is((await errorOf(client.vaults.get("Ops"))).code, "conflict");
  assert.is((await errorOf(client.vaults.get("dev"))).code, "not-found");
  const lost = client.vaults.update("v9", { name: "x" });
  assert.is((await errorOf(lost)).code, "not-found");
});

test("an update leaves what it does not tell", async () => {
  const broker = createScriptedBroker();
  const vault = create(VaultSchema, {
    id: "v1",
    name: "Dev",
    description: "Ours",
  });
  const puts: unknown[] = [];
  broker.request = ({ operation }) => {
    const asked = operation?.operation;
    if (asked?.case !== "putVault") {
      const vaults = [vault];
      return { case: "vaults", value: create(VaultsSchema, { vaults }) };
    }
    puts.push([asked.value.vault?.name, asked.value.vault?.description]);
    return { case: "vault", value: vault };
  };
  const { vaults } = connect(broker);
  await vaults.update("v1", { name: "Development" });
  await vaults.update("v1", { description: "" });
  assert.equal(puts, [
    ["Development", "Ours"],
    ["Dev", ""],
  ]);
});

test.run();
