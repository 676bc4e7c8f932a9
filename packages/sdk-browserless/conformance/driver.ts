// SPDX-License-Identifier: Apache-2.0
// The core alone, on a fetch that this program made: whoever makes it checks
// the endpoint, so OWNS_CHANNEL is not declared.
import { DriverFeature } from "@assent/protocol/conformance";
import { createClient, createFetchTransport } from "@assent/sdk-browserless";
import { serveDriver } from "./serve-driver.ts";
import { createSocketFetch } from "./socket-fetch.ts";

serveDriver({
  sdk: "@assent/sdk-browserless",
  features: [
    DriverFeature.CANCEL,
    DriverFeature.WRITE,
    DriverFeature.MANUAL_AUTHORIZE,
  ],
  createClient(endpoint, account) {
    const { fetch, close } = createSocketFetch(endpoint);
    const transport = createFetchTransport({
      baseUrl: "http://localhost",
      fetch,
    });
    return createClient({
      transport: { ...transport, close: async () => close() },
      account,
    });
  },
});
