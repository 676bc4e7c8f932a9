// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** The program of this installation, whatever it was called by (T14). */
export function mainFile(): string {
  const bundled = new URL("./assent.js", import.meta.url);
  const main = existsSync(bundled)
    ? bundled
    : new URL(`./main${extname(import.meta.url)}`, import.meta.url);
  return fileURLToPath(main);
}
