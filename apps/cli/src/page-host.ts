// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";

/** How the web page's host is started: of this installation, whatever the environment says (T14). */
export function hostCommand(...args: readonly string[]): readonly string[] {
  const main = fileURLToPath(import.meta.resolve("@assent/prompt-ui/host"));
  return [process.execPath, main, ...args];
}
