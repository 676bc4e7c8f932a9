// SPDX-License-Identifier: Apache-2.0
import {
  createSeenExecutables,
  type SeenExecutables,
} from "../prompt/seen-executables.ts";
import { writeDurably } from "./durable-file.ts";
import { readPrivateText } from "./private-text.ts";

/** 4,096 marks of 64 characters, with room to spare. */
const mostBytes = 1024 * 1024;

/** The marks of seen executables in a file, one a line. What cannot be read counts as never seen. */
export function openSeenExecutables(
  path: string,
  onLost: (code: string, path: string) => void,
): SeenExecutables {
  return createSeenExecutables({
    load() {
      try {
        const text = readPrivateText(path, mostBytes) ?? "";
        return text.split("\n").filter(Boolean);
      } catch {
        return [];
      }
    },
    save(marks) {
      try {
        writeDurably(path, Buffer.from(`${marks.join("\n")}\n`));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        onLost(String(code), path);
      }
    },
  });
}
