// SPDX-License-Identifier: Apache-2.0
//
// What a program does with files of items, as it is written for @1password/sdk;
// its import alone was changed. Where it works is told by OP_VAULT_ID.
import * as sdk from "@assent/sdk-node/1password";

const vaultId = process.env["OP_VAULT_ID"] ?? "";
const client = await sdk.createClient({
  auth: new sdk.DesktopAuth("Personal"),
  integrationName: "Example: manage files",
  integrationVersion: "v1.0.0",
});
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array) => new TextDecoder().decode(content);

const item = await client.items.create({
  title: "With a file",
  category: sdk.ItemCategory.Login,
  vaultId,
  sections: [{ id: "papers", title: "Papers" }],
  files: [
    {
      name: "first.txt",
      content: bytes("the first file"),
      sectionId: "papers",
      fieldId: "first",
    },
  ],
});
for (const { attributes } of item.files) {
  const content = await client.items.files.read(vaultId, item.id, attributes);
  console.log(`${attributes.name}: ${text(content)}`);
}
const attached = await client.items.files.attach(item, {
  name: "second.txt",
  content: bytes("the second file"),
  sectionId: "papers",
  fieldId: "second",
});
console.log(`${attached.files.length} files`);
const [first] = attached.files;
if (first !== undefined) {
  const { sectionId, fieldId } = first;
  const left = await client.items.files.delete(attached, sectionId, fieldId);
  for (const { attributes } of left.files) console.log(attributes.name);
}

const made = await client.items.createAll(vaultId, [
  {
    title: "A document",
    category: sdk.ItemCategory.Document,
    vaultId,
    document: { name: "draft.txt", content: bytes("a draft") },
  },
]);
for (const { content } of made.individualResponses) {
  if (content === undefined) continue;
  const final = await client.items.files.replaceDocument(content, {
    name: "final.txt",
    content: bytes("the final text"),
  });
  const { name = "", size = 0 } = final.document ?? {};
  console.log(`${name}: ${size} bytes`);
  await client.items.delete(vaultId, final.id);
}
await client.items.delete(vaultId, item.id);
