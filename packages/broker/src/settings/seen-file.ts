// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import {
  createSeenExecutables,
  type SeenExecutables,
} from "../prompt/seen-executables.ts";
import { writeDurably } from "./durable-file.ts";

/** The marks of seen executables in a file, one a line. What cannot be read counts as never seen. */
export function openSeenExecutables(
  path: string,
  log: (line: string) => void,
): SeenExecutables {
  return createSeenExecutables({
    load() {
      try {
        return readFileSync(path, "utf8").split("\n").filter(Boolean);
      } catch {
        return [];
      }
    },
    save(marks) {
      try {
        writeDurably(path, Buffer.from(`${marks.join("\n")}\n`));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        log(
          `${path} could not be written (${code}): programs will be told as new again`,
        );
      }
    },
  });
}
