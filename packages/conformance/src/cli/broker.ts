// SPDX-License-Identifier: Apache-2.0
import type { CallEvent } from "../case/caller.ts";
import { summary } from "../case/check.ts";
import { fuzzCommand } from "../fuzz/command.ts";
import { createBrokerBench } from "../run/broker-bench.ts";
import { createHookBench } from "../run/hook-bench.ts";
import { newSeed } from "../run/random.ts";
import { UsageError } from "../run/selection.ts";
import { readConfiguration, type Words, wordsOf } from "./configuration.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./options.ts";
import { personAt } from "./person.ts";
import { type RunSubject, runCommand } from "./run-command.ts";

/** Options of `broker`. */
export interface BrokerOptions extends RunOptions {
  readonly release?: string;
  /** So many random walks instead of the cases. */
  readonly fuzz?: number;
  readonly blackBox?: boolean;
  readonly autoApprove?: boolean;
  /** A person decides, locks and unlocks, as told on the terminal. */
  readonly interactive?: boolean;
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
  const named = brokerOf(given, options);
  const subject = brokerSubject(io, named, options);
  if (options.fuzz === undefined) {
    return await runCommand(io, subject, options);
  }
  if (subject.grade !== "control") {
    throw new UsageError("--fuzz needs a broker with a control service");
  }
  const { fuzz: walks, seed = newSeed() } = options;
  return await fuzzCommand(io, subject.bench, { walks, seed });
}

/** A broker's command, and what starts its release. */
export interface NamedBroker {
  readonly command: Words;
  readonly release: Words | undefined;
}

/** A broker, to be tried in the grade that the options say. */
export function brokerSubject(
  io: Io,
  { command, release }: NamedBroker,
  options: BrokerOptions,
): RunSubject & { readonly options: readonly string[] } {
  const { autoApprove, interactive, debug } = options;
  const blackBox = options.blackBox || autoApprove;
  const commands = {
    onPrompt: words(options.onPrompt),
    lock: words(options.lock),
    unlock: words(options.unlock),
  };
  const hasHooks = Object.values(commands).some((one) => one !== undefined);
  const ways = [hasHooks, blackBox, interactive].filter(Boolean);
  if (ways.length > 1) {
    throw new UsageError(
      "one of the three: hooks (--on-prompt, --lock, --unlock), --black-box, --interactive",
    );
  }
  const person = interactive ? personAt(io) : undefined;
  const common = {
    command,
    release,
    timeoutMs: debug || interactive ? undefined : options.timeout * 1_000,
    ...(debug ? { onCall: tells(io) } : {}),
  };
  return {
    mode: "broker",
    side: "broker",
    grade: person
      ? "interactive"
      : hasHooks
        ? "hooks"
        : blackBox
          ? "black-box"
          : "control",
    command,
    options: [
      ...told("--release", release?.join(" ")),
      ...told("--on-prompt", options.onPrompt),
      ...told("--lock", options.lock),
      ...told("--unlock", options.unlock),
      ...(blackBox ? ["--black-box"] : []),
      ...(autoApprove ? ["--auto-approve"] : []),
      ...(interactive ? ["--interactive"] : []),
    ],
    bench: () =>
      ways.length > 0
        ? createHookBench({
            ...common,
            hooks: { ...commands, approves: autoApprove ?? false },
            ...(person === undefined ? {} : { person }),
          })
        : createBrokerBench(common),
  };
}

function words(text: string | undefined): Words | undefined {
  return text === undefined ? undefined : wordsOf(text);
}

function told(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

/** The broker that is named, or the one of the configuration. */
export function brokerOf(
  given: readonly string[],
  options: Pick<BrokerOptions, "release">,
): NamedBroker {
  const named = words(options.release);
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
