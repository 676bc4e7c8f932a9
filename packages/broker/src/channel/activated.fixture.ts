// SPDX-License-Identifier: Apache-2.0
// A broker whose socket the service manager opened.
import { dirname } from "node:path";
import { createLinuxSource } from "../peer/linux-source.ts";
import { createBinding } from "../peer/platform.ts";
import { createPeerRegistry } from "../peer/registry.ts";
import { systemScheduler } from "../peer/scheduler.ts";
import { takeOwnerSocket } from "./activation.ts";
import { openChannel } from "./channel.ts";
import { openRuntimeDirectory } from "./runtime-directory.ts";

const say = (event: object) =>
  process.stdout.write(`${JSON.stringify(event)}\n`);
const binding = await createBinding();
const activated = takeOwnerSocket(process.env, process.pid, binding);
if (activated === undefined) throw new Error("no socket was handed over");
const path = process.argv[2] ?? "";
const channel = await openChannel({
  directory: openRuntimeDirectory({
    path: dirname(path),
    userId: process.geteuid?.() ?? -1,
    binding,
  }),
  path,
  registry: createPeerRegistry({
    source: createLinuxSource({
      binding,
      scheduler: systemScheduler,
      wallMs: () => Date.now(),
    }),
  }),
  activated,
  handler: (request, response, { peer }) =>
    response.end(`${request.url} of ${peer.pid}` as never),
});
say({
  listening: channel.path,
  left: Object.keys(process.env).filter((name) => name.startsWith("LISTEN_")),
});
process.stdin.once("data", async () => {
  await channel.close();
  say({ closed: true });
});
process.stdin.on("close", () => process.exit(0));
