// SPDX-License-Identifier: Apache-2.0
import { watch as look, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The file that opens a page, once it is there. */
export async function bootstrapIn(directory: string): Promise<string> {
  const find = () =>
    readdirSync(directory).find((name) => /^open-.*\.html$/.test(name));
  const watching = look(directory);
  try {
    for (;;) {
      const name = find();
      // It is there before it is written.
      if (name !== undefined && statSync(join(directory, name)).size > 0) {
        return join(directory, name);
      }
      await new Promise((resolve) => watching.once("change", resolve));
    }
  } finally {
    watching.close();
  }
}

/** The token in a file that opens a page. */
export function tokenIn(text: string): string {
  return /value="([^"]+)"/.exec(text)?.[1] ?? "no token";
}

/** Processes, of anybody, with a text in their arguments. */
export function processes(part: string): { pid: number; argv: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const argv = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return argv.includes(part) ? [{ pid: Number(name), argv }] : [];
      } catch {
        return [];
      }
    });
}
