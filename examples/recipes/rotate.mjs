// SPDX-License-Identifier: Apache-2.0
//
// A script that reads a secret, makes a new one and stores it. It asks for as
// much as it needs, for one minute, and gives it back.
import { createClient } from "@assent/sdk-node";

const client = createClient({
  account: "Personal",
  integrationName: "Example: rotate",
});
await client.authorize(
  { access: "read-write", vaults: ["Dev"] },
  { purpose: "Give the database a new password", inactivityTimeoutMs: 60_000 },
);
try {
  const [overview] = (await client.items.list("Dev")).filter(
    ({ title }) => title === "Database",
  );
  const item = await client.items.get("Dev", overview.id);
  const value = client.secrets.generatePassword();
  // Here the database would be told.
  await client.items.put({
    ...item,
    fields: item.fields.map((field) =>
      field.title === "password" ? { ...field, value } : field,
    ),
  });
  console.log("The database has a new password.");
} finally {
  await client.revoke();
}
