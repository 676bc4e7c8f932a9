// SPDX-License-Identifier: Apache-2.0
import type { Readable } from "node:stream";

const longestLine = 500;
const mostLines = 50;

/**
 * Passes on what a program writes, line by line: at most fifty lines, and of
 * each the first five hundred characters. Beyond that it is read and dropped,
 * so that the program never waits for us.
 */
export function tellLines(
  output: Readable,
  tell: (line: string) => void,
): void {
  let line = "";
  let told = 0;
  const end = () => {
    if (line !== "" && told < mostLines) tell(line);
    if (line !== "") told += 1;
    line = "";
  };
  output.setEncoding("utf8");
  output.on("data", (text: string) => {
    const [first = "", ...more] = text.split("\n");
    line = (line + first).slice(0, longestLine);
    for (const next of more) {
      end();
      line = next.slice(0, longestLine);
    }
  });
  output.on("end", end);
  output.on("error", () => undefined);
}
