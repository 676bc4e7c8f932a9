// SPDX-License-Identifier: Apache-2.0
//
// What a program does with items, as it is written for @1password/sdk; its
// import alone was changed. Where it works is told by OP_VAULT_ID.
import * as sdk from "@assent/sdk-node/1password";

const vaultId = process.env["OP_VAULT_ID"] ?? "";
const client = await sdk.createClient({
  auth: new sdk.DesktopAuth("Personal"),
  integrationName: "Example: manage items",
  integrationVersion: "v1.0.0",
});

const login = (title: string): sdk.ItemCreateParams => ({
  title,
  category: sdk.ItemCategory.Login,
  vaultId,
  fields: [
    {
      id: "username",
      title: "username",
      fieldType: sdk.ItemFieldType.Text,
      value: "wendy",
    },
    {
      id: "password",
      title: "password",
      fieldType: sdk.ItemFieldType.Concealed,
      value: "first password",
    },
    {
      id: "onetimepassword",
      title: "one-time password",
      sectionId: "security",
      fieldType: sdk.ItemFieldType.Totp,
      value: "otpauth://totp/example?secret=JBSWY3DPEHPK3PXP&issuer=Example",
    },
  ],
  sections: [{ id: "security", title: "Security" }],
  notes: "Made by an example",
  tags: ["example"],
  websites: [
    {
      url: "https://example.test",
      label: "website",
      autofillBehavior: sdk.AutofillBehavior.AnywhereOnWebsite,
    },
  ],
});

const created = await client.items.create(login("Example login"));
console.log(`created ${created.title}, ${created.fields.length} fields`);

const totp = created.fields.find(
  (field) => field.fieldType === sdk.ItemFieldType.Totp,
);
if (totp?.details?.type === "Otp") {
  const { code, errorMessage } = totp.details.content;
  console.log(`code of the item: ${code?.length ?? errorMessage} digits`);
}
const code = await client.secrets.resolve(
  `op://${created.vaultId}/${created.id}/TOTP_onetimepassword?attribute=totp`,
);
console.log(`code by reference: ${code.length} digits`);

const read = await client.items.get(created.vaultId, created.id);
const changed = await client.items.put({
  ...read,
  fields: read.fields.map((field) =>
    field.title === "password" ? { ...field, value: "second" } : field,
  ),
});
console.log(`changed: ${changed.version > read.version}`);
try {
  await client.items.put(read);
} catch (error) {
  console.log(`an old version is refused: ${error instanceof Error}`);
}

const password = await client.secrets.resolve(
  `op://${created.vaultId}/${created.id}/password`,
);
console.log(`password: ${password}`);

const made = await client.items.createAll(vaultId, [
  login("Example A"),
  login("Example B"),
]);
const ids = made.individualResponses.flatMap(({ content }) =>
  content === undefined ? [] : [content.id],
);
const got = await client.items.getAll(vaultId, [...ids, created.id]);
for (const { content, error } of got.individualResponses) {
  console.log(`got ${content?.title ?? error?.type}`);
}
const deleted = await client.items.deleteAll(vaultId, ids);
console.log(`deleted ${Object.keys(deleted.individualResponses).length}`);

await client.items.archive(vaultId, created.id);
for (const item of await client.items.list(vaultId)) {
  console.log(`active: ${item.title}`);
}
const archived = await client.items.list(vaultId, {
  type: "ByState",
  content: { active: false, archived: true },
});
for (const item of archived) {
  console.log(`${item.state}: ${item.title} (${item.category})`);
}
await client.items.delete(vaultId, created.id);
