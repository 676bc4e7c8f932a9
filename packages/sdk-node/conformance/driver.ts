// SPDX-License-Identifier: Apache-2.0
// Our SDK for Node as an implementation under test. With ASSENT_MUTANT it is
// broken in one way, so that the suite can be tested. Not part of what is
// published (TST-001).
import { DriverFeature } from "@assent/protocol/conformance";
import { becomeMutant } from "../../../scripts/source-mutation.ts";
import { serveDriver } from "../../sdk-browserless/conformance/serve-driver.ts";
import { mutants, mutatedPackages } from "./mutants.ts";

const { ASSENT_MUTANT: mutant } = process.env;
if (mutant) becomeMutant(mutant, mutants, mutatedPackages);
// Only now, so that it is loaded as the mutant has it.
const { createClient } = await import("@assent/sdk-node");

serveDriver({
  sdk: "@assent/sdk-node",
  features: [
    DriverFeature.CANCEL,
    DriverFeature.WRITE,
    DriverFeature.MANUAL_AUTHORIZE,
    DriverFeature.OWNS_CHANNEL,
  ],
  createClient: (endpoint, account) =>
    createClient({ account, ...(endpoint !== "" && { endpoint }) }),
});
