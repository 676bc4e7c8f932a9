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

const browser = await startChromium();
for (const state of states) {
  if (names.length > 0 && !names.includes(state.name)) continue;
  for (const [size, viewport] of Object.entries(windows)) {
    for (const colorScheme of ["light", "dark"] as const) {
      const host = await startStagedHost();
      const context = await browser.newContext({
        viewport,
        colorScheme,
        deviceScaleFactor: 2,
      });
      const page = await context.newPage();
      await reach(state, host, page);
      // Long enough on screen to be answered, but for the one that is not.
      if (state.name !== "arming") await page.waitForTimeout(900);
      const file = join(folder, `${state.name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path: file });
      await context.close();
      await host.close();
    }
  }
  console.log(state.name);
}
await browser.close();

// The other screens, in front of a real broker.
const isWanted = (name: string) => names.length === 0 || names.includes(name);
if (pictureNames.some(isWanted)) {
  await takePictures(async (name, page) => {
    if (!isWanted(name)) return;
    for (const [size, viewport] of Object.entries(windows)) {
      await page.setViewportSize(viewport);
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
