// SPDX-License-Identifier: Apache-2.0
// Our broker as an implementation under test: it serves its programs at
// ASSENT_ENDPOINT and the suite's control service at ASSENT_CONFORMANCE_CONTROL.
// With ASSENT_MUTANT it is broken in one way, so that the suite can be tested.
// Not part of what is published (TST-001).
import { rmSync } from "node:fs";
import { createServer } from "node:http2";
import { ControlService } from "@assent/protocol/conformance";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { becomeMutant } from "../../../scripts/source-mutation.ts";
import { mutants } from "./mutants.ts";

const sweepMs = 20;
const {
  ASSENT_ENDPOINT: endpoint,
  ASSENT_CONFORMANCE_CONTROL: controlEndpoint,
  ASSENT_MUTANT: mutant,
  HOME: home,
} = process.env;
if (!endpoint || !controlEndpoint || !home) {
  console.error(
    "The conformance suite starts this: it sets ASSENT_ENDPOINT, ASSENT_CONFORMANCE_CONTROL and HOME.",
  );
  process.exit(2);
}

if (mutant) becomeMutant(mutant, mutants);
// Only now, so that they are loaded as the mutant has them.
const { createControl } = await import("./control.ts");
const { startSubject } = await import("./subject.ts");

const subject = await startSubject(endpoint, home);
const control = createControl(subject);
const sweeping = setInterval(() => control.sweep(), sweepMs);
const server = createServer(
  connectNodeAdapter({
    routes: (router) => router.service(ControlService, control.service),
  }),
);
// What a broker that was killed left there.
rmSync(controlEndpoint, { force: true });
server.listen(controlEndpoint);
process.once("SIGTERM", async () => {
  clearInterval(sweeping);
  await subject.stop();
  process.exit(0);
});
