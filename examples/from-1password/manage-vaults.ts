// SPDX-License-Identifier: Apache-2.0
//
// What a program does with vaults, environments and SSH keys, as it is written
// for @1password/sdk; its import alone was changed. The argument is the id of an
// environment.
import { generateKeyPairSync } from "node:crypto";
import sdk from "@assent/sdk-node/1password";

const client = await sdk.createClient({
  auth: new sdk.DesktopAuth("Personal"),
  integrationName: "Example: manage vaults",
  integrationVersion: "v1.0.0",
});

const [environmentId = ""] = process.argv.slice(2);
const { variables } = await client.environments.getVariables(environmentId);
for (const { name, value, masked } of variables) {
  console.log(`${name}=${masked ? "*".repeat(value.length) : value}`);
}

const made = await client.vaults.create({
  title: "Example vault",
  description: "For an example",
});
const renamed = await client.vaults.update(made.id, { title: "Keys" });
console.log(`${renamed.title}: ${renamed.description}`);
for (const vault of await client.vaults.list({ decryptDetails: true })) {
  console.log(`${vault.title} (${vault.vaultType})`);
}
const overview = await client.vaults.getOverview(made.id);
const vault = await client.vaults.get(overview.id, { accessors: false });
console.log(`${vault.title}: ${vault.activeItemCount} items`);

const { privateKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const key = await client.items.create({
  title: "Deploy key",
  category: sdk.ItemCategory.SshKey,
  vaultId: vault.id,
  fields: [
    {
      id: "private_key",
      title: "private key",
      fieldType: sdk.ItemFieldType.SshKey,
      value: privateKey,
    },
  ],
});
const [field] = key.fields;
if (field?.details?.type === "SshKey") {
  const { publicKey = "", keyType = "" } = field.details.content ?? {};
  console.log(`${keyType}: ${publicKey.split(" ")[0]}`);
}

try {
  await client.groups.get("group", { vaultPermissions: true });
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
await client.vaults.delete(vault.id);
