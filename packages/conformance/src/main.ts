#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { run } from "./cli/program.ts";

// The first ends the run after the cases that are running, with its report;
// the second ends the program.
const ending = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (ending.signal.aborted) process.exit(130);
    ending.abort();
  });
}
const code = await run(
  {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: ending.signal,
  },
  process.argv.slice(2),
);
// Whatever a case that was given up has left: it is over.
process.exit(code);
