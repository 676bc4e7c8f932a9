// SPDX-License-Identifier: Apache-2.0
//
// A server that needs a secret for some requests. The user is asked at the
// start, where somebody is there to answer; later only if access has ended.
import { AssentError, createClient } from "@assent/sdk-node";
import express from "express";

const reference = "assent://Dev/GitHub/token";
const client = createClient({
  account: "Personal",
  scope: { references: [reference] },
  integrationName: "Example: Express",
  purpose: "Read issues for the dashboard",
  onSession: ({ state }) => console.log(`access: ${state}`),
});
await client.authorize();

const app = express();
app.get("/issues", async (_request, response) => {
  // Taken when it is needed: what was read once may have been changed since.
  const token = await client.secrets.resolve(reference);
  response.json({ asked: `with a token of ${token.length} characters` });
});
app.use((error, _request, response, next) => {
  if (!(error instanceof AssentError)) return next(error);
  // Not the text: it is for whoever runs the server.
  console.error(error.message);
  response.status(503).json({ error: error.code });
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
process.once("SIGTERM", async () => {
  server.close();
  await client.revoke();
});
