// SPDX-License-Identifier: Apache-2.0
import { type Operation, VaultSchema, VaultsSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../test/client.ts";
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
  await vaults.put({ ...read, name: "Ops" });
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

test.run();
