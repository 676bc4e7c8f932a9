// SPDX-License-Identifier: Apache-2.0
// Changes the arguments that others see of it.
import { createInterface } from "node:readline";

process.stdout.write("{}\n");
createInterface({ input: process.stdin }).on("line", (line) => {
  process.title = (JSON.parse(line) as { title: string }).title;
  process.stdout.write("{}\n");
});
