// SPDX-License-Identifier: Apache-2.0
import type { ActivityFile } from "./activity-export.ts";

// The browser has begun to read it by then, milliseconds.
const readMs = 10_000;

/** Let the browser save a file that is made here: nothing leaves the page. */
export function saveFile({ name, type, text }: ActivityFile): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), readMs);
}
