// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { inherited } from "./inherited.ts";
import { endWithGroup, mostPrinted } from "./process-group.ts";

/** How the broker under test is started. */
export interface BrokerStart {
  /** Program and arguments, as the user gave them after `--`. */
  readonly command: readonly [string, ...string[]];
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What starts it: given its command, gives another (a namespace). */
  readonly within?: (
    command: readonly [string, ...string[]],
  ) => readonly [string, ...string[]];
  /** Of another broker, which it then meets there; by default each has its own. */
  readonly home?: string;
  /** By default `run/broker.sock` in its home. */
  readonly endpoint?: string;
  /** It is there when its control service is; else, when its endpoint is. */
  readonly needsControl: boolean;
  /** Until it must be there, milliseconds. */
  readonly startMs?: number;
}

/** The broker did not start, or ended by itself. */
export class ImplementationError extends Error {
  override readonly name = "ImplementationError";
}

/** The broker under test: a process with a home of its own, started as often as a case wants. */
export interface BrokerProcess {
  /** What HOME is for it; removed in the end. */
  readonly home: string;
  /** ASSENT_ENDPOINT: where it must serve. */
  readonly endpoint: string;
  /** ASSENT_CONFORMANCE_CONTROL: where a test build serves its control service. */
  readonly controlEndpoint: string;
  /** What starts it, and what is to live beside it. */
  readonly within: NonNullable<BrokerStart["within"]>;
  /** Of the newest start. */
  readonly pid: number;
  readonly isRunning: boolean;
  /** Why it was ended here, if that is so. */
  readonly failure: string | undefined;
  /** All that it ever printed. */
  output(): Buffer;
  /** @throws ImplementationError with what it printed last */
  start(): Promise<void>;
  /** The same, after a case that ended it: whatever is left at the endpoint is taken away. */
  revive(): Promise<void>;
  /** SIGTERM, then SIGKILL after ten seconds; exit code or signal. */
  stop(): Promise<number | NodeJS.Signals | null>;
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  /** Its exit code or signal, once it has ended. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Waits until something listens at its endpoint; false: nothing does, or it has ended. */
  answers(waitMs?: number): Promise<boolean>;
  /** Another of the same kind, not started. */
  another(changes?: Partial<BrokerStart>): BrokerProcess;
  /** End it and remove its home. */
  remove(): Promise<void>;
}

const startMs = 30_000;
const stopMs = 10_000;
const answerMs = 10_000;
const lastWordsMs = 1_000;
const lookMs = 5;

/** A broker that has not been started. */
export function createBrokerProcess(options: BrokerStart): BrokerProcess {
  const { needsControl, within = (command) => command } = options;
  const home = options.home ?? mkdtempSync(join(tmpdir(), "assent-conf-"));
  const endpoint = options.endpoint ?? join(home, "run", "broker.sock");
  mkdirSync(dirname(endpoint), { recursive: true, mode: 0o700 });
  const controlEndpoint = join(home, `control-${randomUUID()}.sock`);
  const output: Buffer[] = [];
  let printed = 0;
  let failure: string | undefined;
  let child: ReturnType<typeof launch> | undefined;

  function launch() {
    const [program, ...args] = within(options.command);
    const started = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: {
        ...inherited(),
        HOME: home,
        ASSENT_ENDPOINT: endpoint,
        ASSENT_CONFORMANCE_CONTROL: controlEndpoint,
        ...options.env,
      },
    });
    endWithGroup(started);
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        printed += bytes.length;
        if (printed <= mostPrinted) output.push(bytes);
        else {
          failure = `it prints more than ${mostPrinted / 1024 / 1024} MiB`;
          started.kill("SIGKILL");
        }
      });
    }
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
      started.once("error", (error) => {
        failure = error.message;
        resolve(null);
      });
      started.once("close", (code, signal) => resolve(code ?? signal));
      // A process that it started may have its output open for ever.
      started.once("exit", () => {
        setTimeout(() => {
          started.stdout.destroy();
          started.stderr.destroy();
        }, lastWordsMs).unref();
      });
    });
    return { started, ended };
  }

  const isRunning = () =>
    child !== undefined &&
    child.started.exitCode === null &&
    child.started.signalCode === null &&
    child.started.pid !== undefined;

  async function kill(signal: NodeJS.Signals) {
    if (child === undefined) return null;
    child.started.kill(signal);
    const timer = setTimeout(() => child?.started.kill("SIGKILL"), stopMs);
    const end = await child.ended;
    clearTimeout(timer);
    return end;
  }

  const broker: BrokerProcess = {
    home,
    endpoint,
    controlEndpoint,
    within,
    get pid() {
      return child?.started.pid ?? 0;
    },
    get isRunning() {
      return isRunning();
    },
    get failure() {
      return failure;
    },
    output: () => Buffer.concat(output),
    async start() {
      // A case that was given up may have started one meanwhile.
      while (isRunning()) await kill("SIGKILL");
      // Ours to name; a killed broker leaves it behind.
      rmSync(controlEndpoint, { force: true });
      const limitMs = options.startMs ?? startMs;
      const awaited = needsControl ? controlEndpoint : endpoint;
      const isTaken = await answers(awaited);
      child = launch();
      // That somebody answers there says nothing of it: it ends, or had its time.
      if (isTaken)
        await Promise.race([child.ended, wait(limitMs, null, { ref: false })]);
      const until = performance.now() + limitMs;
      while (!isRunning() || !(await answers(awaited))) {
        if (!isRunning() || performance.now() > until) {
          const wasRunning = isRunning();
          const end = await kill("SIGKILL");
          const why = wasRunning
            ? `nothing listens at ${needsControl ? "ASSENT_CONFORMANCE_CONTROL" : "ASSENT_ENDPOINT"}`
            : (failure ?? `it ended (${end})`);
          const last = Buffer.concat(output).toString().slice(-2_000).trimEnd();
          throw new ImplementationError(
            `the broker did not start: ${why}${last && `\n${last}`}`,
          );
        }
        await wait(lookMs);
      }
    },
    async revive() {
      rmSync(endpoint, { force: true });
      await broker.start();
    },
    stop: () => kill("SIGTERM"),
    kill,
    get ended() {
      return child?.ended ?? Promise.resolve(null);
    },
    async answers(waitMs = answerMs) {
      const until = performance.now() + waitMs;
      while (!(await answers(endpoint))) {
        if (!isRunning() || performance.now() > until) return false;
        await wait(lookMs);
      }
      return true;
    },
    another(changes = {}) {
      // Its own home and endpoint, if it is not told to share them.
      const { home: _, endpoint: __, ...common } = options;
      return createBrokerProcess({ ...common, ...changes });
    },
    async remove() {
      if (isRunning()) await kill("SIGTERM");
      if (options.home === undefined) {
        rmSync(home, { recursive: true, force: true });
      }
    },
  };
  return broker;
}

async function answers(endpoint: string): Promise<boolean> {
  if (!existsSync(endpoint)) return false;
  const socket = createConnection(endpoint);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
