// SPDX-License-Identifier: Apache-2.0

// The pictures in the documents, docs/img: a request, in light and dark.
//   npm run docs-pictures --workspace apps/prompt-ui
import { fileURLToPath } from "node:url";
import { startChromium } from "./chromium.ts";
import { startStagedHost } from "./staged-host.ts";
import { reach, states } from "./states.ts";

const folder = fileURLToPath(new URL("../../../docs/img/", import.meta.url));

const state = states.find(({ name }) => name === "interpreter");
if (state === undefined) throw new Error("no such state");
const browser = await startChromium();
const host = await startStagedHost();
// Shown at half this size.
const page = await browser.newPage({
  viewport: { width: 1160, height: 1010 },
});
await reach(state, host, page);
await page.locator(".approve:enabled").waitFor();
for (const colorScheme of ["light", "dark"] as const) {
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path: `${folder}prompt-${colorScheme}.png` });
}
await browser.close();
await host.close();
