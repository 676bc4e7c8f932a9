// SPDX-License-Identifier: Apache-2.0
//
// Reads several secrets with one prompt, and tells what came of each:
//
//   node resolve-all.mjs assent://Dev/GitHub/token assent://Dev/Database/password
import { AssentError, createClient } from "@assent/sdk-node";

const references = process.argv.slice(2);
if (references.length === 0) {
  console.error("usage: node resolve-all.mjs assent://VAULT/ITEM/FIELD ...");
  process.exit(2);
}

// `await using` closes the client at the end of the block, also after an error.
try {
  await using client = createClient({
    scope: { references },
    integrationName: "Example: resolve all",
    integrationVersion: "1.0.0",
    purpose: "Show how several secrets are read at once",
    onWaiting: () => console.error("Please answer the prompt of Assent."),
  });

  const outcomes = await client.secrets.resolveAll(references);
  for (const [reference, { secret, error }] of outcomes) {
    if (error !== undefined) {
      // One that has no value does not hinder the others.
      console.log(`${error.code}: ${error.message}`);
      process.exitCode = 1;
      continue;
    }
    // A secret does not show itself: this prints "[secret]".
    console.log(`${reference}: ${secret}, ${secret.size} bytes`);
    // secret.reveal() gives the text, secret.bytes() a copy of the bytes.
  }
} catch (error) {
  if (!(error instanceof AssentError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
