// SPDX-License-Identifier: Apache-2.0
// The core alone, on a fetch that this program made: whoever makes it checks
// the endpoint, so OWNS_CHANNEL is not declared.
import { DriverFeature } from "@assent/protocol/conformance";
import { createClient, createFetchTransport } from "@assent/sdk-browserless";
import { serveDriver } from "./serve-driver.ts";

// In each runtime the way that it has to a socket.
const runtime = Object.keys(process.versions).find((name) =>
  ["bun", "deno"].includes(name),
);
const createSocketFetch =
  runtime === "bun"
    ? (await import("@assent/sdk-browserless/bun")).createBunFetch
    : runtime === "deno"
      ? (await import("@assent/sdk-browserless/deno")).createDenoFetch
      : (await import("./socket-fetch.ts")).createSocketFetch;

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
