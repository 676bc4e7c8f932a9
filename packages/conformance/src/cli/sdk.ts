// SPDX-License-Identifier: Apache-2.0
import { UsageError } from "../run/selection.ts";
import { createSdkBench } from "../sdk/sdk-bench.ts";
import { readConfiguration, type Words } from "./configuration.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./options.ts";
import { runCommand } from "./run-command.ts";

/** Options of `sdk`. */
export interface SdkOptions extends RunOptions {
  readonly framing: "proto" | "json";
}

/** Tries an SDK: the one whose driver is named, or each of the configuration. The first exit code that is not 0. */
export async function runSdk(
  io: Io,
  given: readonly string[],
  options: SdkOptions,
): Promise<number> {
  let code = 0;
  for (const command of driversOf(given)) {
    const { framing } = options;
    const ended = await runCommand(
      io,
      {
        mode: "sdk",
        side: "sdk",
        grade: "driver",
        command,
        bench: () => createSdkBench({ command, framing }),
      },
      options,
    );
    if (code === 0) code = ended;
  }
  return code;
}

function driversOf([program, ...args]: readonly string[]): readonly Words[] {
  if (program !== undefined) return [[program, ...args]];
  const commands = Object.values(readConfiguration().sdks ?? {}).map(
    ({ command }) => command,
  );
  if (commands.length === 0) throw new UsageError("no SDK is named");
  return commands;
}
