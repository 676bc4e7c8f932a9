// SPDX-License-Identifier: Apache-2.0
import { createInterface, type Interface } from "node:readline";
import type { Person } from "../control/person-control.ts";
import { UsageError } from "../run/selection.ts";
import type { Io } from "./io.ts";

/** The person at the terminal. @throws UsageError when nobody can answer */
export function personAt(io: Io): Person {
  const { stdin } = io;
  if (stdin === undefined) {
    throw new UsageError("--interactive needs a terminal, where you answer");
  }
  const said: string[] = [];
  let lines: Interface | undefined;
  let waiting: ((line: string | undefined) => void) | undefined;
  let isOver = false;
  function listen(): void {
    lines = createInterface({ input: stdin as NodeJS.ReadableStream });
    lines.on("line", (line) => {
      if (waiting === undefined) said.push(line);
      else waiting(line);
      waiting = undefined;
    });
    lines.on("close", () => {
      isOver = true;
      waiting?.(undefined);
    });
  }
  return {
    tell: (text) => io.stdout.write(`${text}\n`),
    async ask(question) {
      if (lines === undefined) listen();
      io.stdout.write(`${question} `);
      const line = said.shift();
      if (line !== undefined || isOver) return line?.trim();
      return await new Promise((resolve) => {
        waiting = (answer) => resolve(answer?.trim());
      });
    },
    leave: () => lines?.close(),
  };
}
