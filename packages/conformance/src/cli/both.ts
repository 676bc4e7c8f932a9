// SPDX-License-Identifier: Apache-2.0
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { createBothBench } from "../run/both-bench.ts";
import { sideOf, UsageError } from "../run/selection.ts";
import { type BrokerOptions, brokerOf, brokerSubject } from "./broker.ts";
import type { Words } from "./configuration.ts";
import type { Io } from "./io.ts";
import { runCommand } from "./run-command.ts";
import { driversOf, type SdkOptions, sdkSubject } from "./sdk.ts";

/** Options of `both`. */
export type BothOptions = BrokerOptions & SdkOptions;

const parting = "----";

/**
 * Tries a broker and an SDK in one run, with one report: those named as
 * `driver… ---- broker…`, or those of the configuration.
 */
export async function runBoth(
  io: Io,
  given: readonly string[],
  options: BothOptions,
): Promise<number> {
  const [driver, named] = parted(given, options);
  const sdk = sdkSubject(io, driver, options);
  const broker = brokerSubject(io, named, options);
  const { cases } = loadCatalogue();
  return await runCommand(
    io,
    {
      mode: "both",
      side: "both",
      grade: broker.grade,
      command: [...driver, parting, ...named.command],
      options: [...sdk.options, ...broker.options],
      bench: () =>
        createBothBench(broker.bench, sdk.bench, (id) => {
          const one = cases.get(id);
          return one !== undefined && sideOf(one) === "sdk";
        }),
    },
    options,
  );
}

function parted(
  given: readonly string[],
  options: BothOptions,
): readonly [Words, ReturnType<typeof brokerOf>] {
  if (given.length === 0) {
    const [driver, ...others] = driversOf([], options.sdk);
    if (driver === undefined || others.length > 0) {
      throw new UsageError("which SDK? --sdk NAME, of assent-conformance.json");
    }
    return [driver, brokerOf([], options)];
  }
  const at = given.indexOf(parting);
  const [driver, broker] = [given.slice(0, at), given.slice(at + 1)];
  if (at < 1 || broker.length === 0) {
    throw new UsageError(
      `both needs two commands: -- DRIVER ${parting} BROKER`,
    );
  }
  const [words] = driversOf(driver);
  if (words === undefined) throw new UsageError("no SDK is named");
  return [words, brokerOf(broker, options)];
}
