// SPDX-License-Identifier: Apache-2.0

// Pictures of every state, in light and dark, wide and narrow:
//   npm run screenshots [-- FOLDER [NAME…]]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startChromium } from "./chromium.ts";
import { pictureNames, takePictures } from "./screens/pictures.ts";
import { startStagedHost } from "./staged-host.ts";
import { reach, states } from "./states.ts";

const [folder = "dist/screenshots", ...names] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const windows = {
  wide: { width: 1280, height: 860 },
  narrow: { width: 460, height: 780 },
} as const;

const isWanted = (name: string) => names.length === 0 || names.includes(name);
const browser = await startChromium();
const host = await startStagedHost();
const page = await browser.newPage({ deviceScaleFactor: 2 });
for (const state of states.filter(({ name }) => isWanted(name))) {
  for (const [size, viewport] of Object.entries(windows)) {
    await page.setViewportSize(viewport);
    await reach(state, host, page);
    // Long enough on screen to be answered, but for the one that is not.
    if (state.name !== "arming") await page.waitForTimeout(900);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const file = join(folder, `${state.name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path: file });
    }
  }
  console.log(state.name);
}
await browser.close();
await host.close();

// The other screens, in front of a real broker.
if (pictureNames.some(isWanted)) {
  await takePictures(async (name, page) => {
    if (!isWanted(name)) return;
    for (const [size, viewport] of Object.entries(windows)) {
      await page.setViewportSize(viewport);
      await page.evaluate(() => window.scrollTo(0, 0));
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const file = join(folder, `${name}-${size}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
      }
    }
    await page.setViewportSize(windows.wide);
    console.log(name);
  });
}
