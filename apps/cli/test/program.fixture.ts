// SPDX-License-Identifier: Apache-2.0
// A program that uses a secret, as any program would: on each line of its
// input it resolves the reference once more and tells what came of it.
import { createInterface } from "node:readline";
import { AssentError, createClient } from "@assent/sdk-node";

const [endpoint = "", reference = ""] = process.argv.slice(2);
const client = createClient({ endpoint, integrationName: "fixture" });

for await (const _ of createInterface({ input: process.stdin })) {
  try {
    console.log(`value ${await client.secrets.resolve(reference)}`);
  } catch (error) {
    if (!(error instanceof AssentError)) throw error;
    console.log(`refused ${error.code}`);
  }
}
await client.close();
