// SPDX-License-Identifier: Apache-2.0
import { DriverFeature } from "@assent/protocol/conformance";
import { createClient } from "@assent/sdk-node";
import { serveDriver } from "../../sdk-browserless/conformance/serve-driver.ts";

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
