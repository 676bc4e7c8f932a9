// SPDX-License-Identifier: Apache-2.0
//
// A program that needs a secret more than once while it runs:
//
//   node deploy.mjs assent://Dev/GitHub/token [--wait]
//
// The user is asked once; the second reading goes without a prompt. With
// --wait it reads a third time after a line on standard input: lock the account
// meanwhile, and see what the program is told.
import { once } from "node:events";
import { AssentError, createClient } from "@assent/sdk-node";

const [reference] = process.argv
  .slice(2)
  .filter((arg) => !arg.startsWith("--"));
if (reference === undefined) {
  console.error("usage: node deploy.mjs assent://VAULT/ITEM/FIELD [--wait]");
  process.exit(2);
}

const client = createClient({
  account: "Personal",
  scope: { references: [reference] },
  integrationName: "Example: deploy",
  integrationVersion: "1.0.0",
  purpose: "Upload the release",
  onWaiting: () => console.log("asking you for access …"),
});

/** Stands for the work that needs the secret; says only that it has it. */
async function upload(part) {
  const token = await client.secrets.resolveBytes(reference);
  console.log(`${part}: uploaded with a token of ${token.length} bytes`);
  token.fill(0);
}

try {
  await upload("first part");
  await upload("second part");
  if (process.argv.includes("--wait")) {
    console.log("waiting for Enter before the last part …");
    await once(process.stdin, "data");
    process.stdin.unref();
    await upload("last part");
  }
} catch (error) {
  if (!(error instanceof AssentError)) throw error;
  console.log(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await client.close();
}
