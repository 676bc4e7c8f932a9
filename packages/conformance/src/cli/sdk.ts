// SPDX-License-Identifier: Apache-2.0
import { UsageError } from "../run/selection.ts";
import { createSdkBench } from "../sdk/sdk-bench.ts";
import { readConfiguration, type Words } from "./configuration.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./options.ts";
import { type RunSubject, runCommand } from "./run-command.ts";

/** Options of `sdk`. */
export interface SdkOptions extends RunOptions {
  readonly framing: "proto" | "json";
  /** Only this one of the configuration. */
  readonly sdk?: string;
}

/** Tries an SDK: the one whose driver is named, or each of the configuration. The first exit code that is not 0. */
export async function runSdk(
  io: Io,
  given: readonly string[],
  options: SdkOptions,
): Promise<number> {
  let code = 0;
  for (const command of driversOf(given, options.sdk)) {
    const subject = sdkSubject(io, command, options);
    const ended = await runCommand(io, subject, options);
    if (code === 0) code = ended;
  }
  return code;
}

/** The SDK of a driver, to be tried. */
export function sdkSubject(
  io: Io,
  command: Words,
  options: SdkOptions,
): RunSubject & { readonly options: readonly string[] } {
  const { framing, debug, timeout } = options;
  return {
    mode: "sdk",
    side: "sdk",
    grade: "driver",
    command,
    options: framing === "json" ? ["--framing", "json"] : [],
    bench: () =>
      createSdkBench({
        command,
        framing,
        timeoutMs: debug ? undefined : timeout * 1_000,
        ...(debug
          ? { onTold: (line: string) => io.stdout.write(`  ${line}\n`) }
          : {}),
      }),
  };
}

/** The driver that is named, or those of the configuration. */
export function driversOf(
  [program, ...args]: readonly string[],
  only?: string,
): readonly Words[] {
  if (program !== undefined) {
    if (only === undefined) return [[program, ...args]];
    throw new UsageError("--sdk names one of assent-conformance.json: no --");
  }
  const { sdks = {} } = readConfiguration();
  const names = Object.keys(sdks);
  if (names.length === 0) throw new UsageError("no SDK is named");
  if (only !== undefined && !names.includes(only)) {
    throw new UsageError(`no SDK is called ${only}: ${names.join(", ")}`);
  }
  return Object.entries(sdks)
    .filter(([name]) => only === undefined || name === only)
    .map(([, { command }]) => command);
}
