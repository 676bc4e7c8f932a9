// SPDX-License-Identifier: Apache-2.0
// The host in a process of its own, for tests: a broker in the tests' process
// takes no calls from it. Tells its origin, then a bootstrap file for each line
// that it reads. Ends with its input.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startHost } from "../../host/host.ts";
import { ownerOver } from "../../host/owner-connection.ts";
import { connectOwnerSocket } from "../../host/owner-socket.ts";
import { ownBroker } from "../../host/page-broker.ts";
import { systemTime } from "../../host/time.ts";

const [socket = "", directory = ""] = process.argv.slice(2);
const host = await startHost({
  pageDirectory: fileURLToPath(new URL("../../dist/page/", import.meta.url)),
  directory,
  newBroker: () =>
    ownBroker(
      async () => ownerOver(await connectOwnerSocket(socket)),
      () => {},
    ),
  hasCode: true,
  time: systemTime,
});
const tell = (text: string) => process.stdout.write(`${text}\n`);
tell(host.origin);
for await (const _ of createInterface({ input: process.stdin })) {
  tell(host.createBootstrap());
}
process.exit();
