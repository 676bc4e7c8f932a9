// SPDX-License-Identifier: Apache-2.0
//
// A program in CommonJS, as it is written for @1password/sdk; its import alone
// was changed. The argument is a reference.
const sdk = require("@assent/sdk-node/1password");

async function main() {
  const client = await sdk.createClient({
    auth: new sdk.DesktopAuth("Personal"),
    integrationName: "Example: CommonJS",
    integrationVersion: "v1.0.0",
  });
  const secret = await client.secrets.resolve(process.argv[2]);
  console.log(`${secret.length} characters`);
}

main();
