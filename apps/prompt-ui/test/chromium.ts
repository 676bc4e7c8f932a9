// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium } from "playwright-core";

const path = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Said where there is no browser. */
export const notRun = "NOT RUN without: apt-get install chromium";

/** Whether there is a browser to test with. Says it loudly when there is none. */
export function hasChromium(name: string): boolean {
  const found = existsSync(path);
  if (!found) {
    process.stderr.write(
      `NOT RUN: ${name}\n  it needs chromium: apt-get install chromium\n`,
    );
  }
  return found;
}

/** Start a browser without a window. It asks nobody for anything. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--process-per-site",
    ],
  });
}

/**
 * Have the tabs of a context share one process. Most of what a tab costs is its
 * process, and all that is compiled there anew; one tab of the site stays open,
 * and keeps it for those that come and go.
 */
export async function keepProcess(
  context: BrowserContext,
  origin: string,
): Promise<BrowserContext> {
  const keeper = await context.newPage();
  await keeper.goto(`${origin}/icons/assent.svg`);
  return context;
}
