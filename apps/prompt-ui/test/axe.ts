// SPDX-License-Identifier: Apache-2.0
import axe from "axe-core";
import type { Page } from "playwright-core";

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/**
 * What axe finds wrong with the page as it is, a line each: everything in light
 * colours, and contrast once more in dark ones, where nothing else differs.
 */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await run(page, []);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await run(page, ["color-contrast"]);
  return [...light, ...dark.map((line) => `dark: ${line}`)];
}

async function run(page: Page, rules: string[]): Promise<string[]> {
  const found = await page.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, {
      resultTypes: ["violations"],
      ...(only.length === 0 ? {} : { runOnly: only }),
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) =>
        [id, target.join(" "), failureSummary ?? ""].join(" "),
      ),
    );
  }, rules);
  return found.map((line) => line.replace(/\s+/g, " "));
}
