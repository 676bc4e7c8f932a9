// SPDX-License-Identifier: Apache-2.0
//
// Reads one secret:
//
//   node resolve.mjs assent://Dev/GitHub/token
//
// The first time, Assent asks the user whether this program may. The value
// itself is printed only with --show; a real program would use it and print
// nothing.
import { createHash } from "node:crypto";
import { AssentError, createClient } from "@assent/sdk-node";

const args = process.argv.slice(2);
const reference = args.find((arg) => !arg.startsWith("--"));
if (reference === undefined) {
  console.error("usage: node resolve.mjs assent://VAULT/ITEM/FIELD [--show]");
  process.exit(2);
}

try {
  const client = createClient({
    // Ask for this one field, not for the whole account. No account is named:
    // the user picks one in the prompt.
    scope: { references: [reference] },
    // Shown in the prompt as what the program says of itself.
    integrationName: "Example: resolve",
    integrationVersion: "1.0.0",
    purpose: "Show how a secret is read",
    onWaiting: () => console.error("Please answer the prompt of Assent."),
  });

  // Bytes can be overwritten after use; a text stays in memory until it is
  // collected. `client.secrets.resolve` gives a text.
  const value = await client.secrets.resolveBytes(reference);
  if (args.includes("--show")) {
    process.stdout.write(value);
    process.stdout.write("\n");
  } else {
    const digest = createHash("sha256").update(value).digest("hex");
    console.log(`got ${value.length} bytes, sha256 ${digest}`);
    value.fill(0);
  }
} catch (error) {
  // Whatever goes wrong has a code for the program and a text for people.
  if (!(error instanceof AssentError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
// Nothing to close: an idle client does not keep the program alive.
