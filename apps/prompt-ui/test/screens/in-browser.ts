// SPDX-License-Identifier: Apache-2.0
import { describe } from "vitest";
import { hasChromium, notRun } from "../chromium.ts";

/** Tests in a real browser; told as not run where there is none. */
export function inBrowser(name: string, tests: () => void): void {
  if (hasChromium(name)) describe(name, { timeout: 120_000 }, tests);
  else describe.skip(`${name}; ${notRun}`, tests);
}
