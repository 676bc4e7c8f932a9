// SPDX-License-Identifier: Apache-2.0
import type { CallEvent } from "../case/caller.ts";
import { summary } from "../case/check.ts";
import { loadCatalogue } from "../catalogue/catalogue.ts";
import { fuzzCommand } from "../fuzz/command.ts";
import { createBrokerBench } from "../run/broker-bench.ts";
import { createHookBench } from "../run/hook-bench.ts";
import { newSeed } from "../run/random.ts";
import { UsageError } from "../run/selection.ts";
import { readConfiguration, type Words, wordsOf } from "./configuration.ts";
import { readResults } from "./derive.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { runSdk } from "./sdk.ts";

/** Options of `broker`. */
export interface BrokerOptions extends RunOptions {
  readonly release?: string;
  /** So many random walks instead of the cases. */
  readonly fuzz?: number;
  readonly blackBox?: boolean;
  readonly onPrompt?: string;
  readonly lock?: string;
  readonly unlock?: string;
}

/** Tries a broker: the one that is named, or the one of the configuration. */
export async function runBroker(
  io: Io,
  given: readonly string[],
  options: BrokerOptions,
): Promise<number> {
  const { command, release } = brokerOf(given, options);
  const common = {
    command,
    release,
    timeoutMs: options.debug ? undefined : options.timeout * 1_000,
    ...(options.debug ? { onCall: tells(io) } : {}),
  };
  const words = (text: string | undefined) =>
    text === undefined ? undefined : wordsOf(text);
  const hooks = {
    onPrompt: words(options.onPrompt),
    lock: words(options.lock),
    unlock: words(options.unlock),
  };
  const hasHooks = Object.values(hooks).some((one) => one !== undefined);
  const catalogue = loadCatalogue();
  const bench = () =>
    hasHooks || options.blackBox
      ? createHookBench({ ...common, hooks, catalogue })
      : createBrokerBench(common);
  if (options.fuzz !== undefined) {
    const { fuzz: walks, seed = newSeed() } = options;
    return await fuzzCommand(io, () => createBrokerBench(common), {
      walks,
      seed,
    });
  }
  return await runCommand(
    io,
    {
      mode: "broker",
      side: "broker",
      grade: hasHooks ? "hooks" : options.blackBox ? "black-box" : "control",
      command,
      bench,
    },
    options,
  );
}

function brokerOf(
  given: readonly string[],
  options: BrokerOptions,
): { readonly command: Words; readonly release: Words | undefined } {
  const named =
    options.release === undefined ? undefined : wordsOf(options.release);
  const [program, ...args] = given;
  if (program !== undefined) {
    return { command: [program, ...args], release: named };
  }
  const { broker } = readConfiguration();
  if (broker === undefined) throw new UsageError("no broker is named");
  return { command: broker.command, release: named ?? broker.release };
}

/** Each call in a line: who, what, and what came of it; never what it holds. */
function tells(io: Io): (event: CallEvent) => void {
  return ({ caller, link, method, account, answer }) => {
    const name = method.slice(method.lastIndexOf("/") + 1);
    io.stdout.write(
      `  ${caller.process.pid}  ${link.flavour}  ${name} ${account}  → ${summary(answer)}\n`,
    );
  };
}

/** Runs one case of earlier results again, as it was. */
export async function replay(io: Io, which: string): Promise<number> {
  const at = which.indexOf("#");
  if (at < 0) throw new UsageError("which case? results.json#session/deny");
  const results = readResults(which.slice(0, at));
  const id = which.slice(at + 1);
  if (!results.cases.some((one) => one.id === id)) {
    throw new UsageError(`${id} is not in these results`);
  }
  const options: BrokerOptions = {
    requirements: results.requirements,
    profile: results.profile,
    run: [id],
    seed: results.seed,
    order: "catalogue",
    parallel: 1,
    repeat: 1,
    timeout: 120,
    debug: true,
  };
  const { command } = results.implementation;
  return results.mode === "sdk"
    ? await runSdk(io, command, { ...options, framing: "proto" })
    : await runBroker(io, command, options);
}
