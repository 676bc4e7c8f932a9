#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0

// Else Node opens a debugger to whoever sends it (T10).
process.on("SIGUSR1", () => {});

const oldest = [24, 7] as const;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(
    `assent: needs Node ${oldest.join(".")} or newer; this is ${process.versions.node}.`,
  );
  // As exit.ts has it, which this Node may not be able to load.
  process.exitCode = 9;
} else {
  // Nothing else is loaded before: it may use what an older Node cannot parse.
  const [{ processIo }, { run }] = await Promise.all([
    import("./io.ts"),
    import("./program.ts"),
  ]);
  // Whoever read our output has enough of it. What a command of ours writes has
  // an end of its own.
  process.stdout.on("error", () => {
    if (process.stdout.listenerCount("error") === 1) process.exit();
  });
  process.exitCode = await run(processIo(), process.argv.slice(2));
}
