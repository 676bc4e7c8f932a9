// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Of the account Personal. */
export const password = "correct horse battery staple";
/** What the example program asks for, and what it is. */
export const reference = "assent://Dev/GitHub/token";

const path = (to: string) => fileURLToPath(new URL(to, import.meta.url));
/** The command line, as people start it. */
export const cli: string = path("../../cli/src/main.ts");
const example = path("../../../examples/deploy.mjs");

/** A process, and what it wrote. */
export interface Running {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves once the output holds the text; rejects when it ended before. */
  says(text: string): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** The real broker in a process and a home of its own, with one account. */
export interface RealBroker {
  readonly home: string;
  /** Where the sockets are, and the files of pages. */
  readonly directory: string;
  readonly ownerSocket: string;
  readonly broker: Running;
  /** Run a command of `assent` to its end; gives it the password. */
  assent(...args: readonly string[]): Promise<string>;
  /** Start a command of `assent`. */
  start(...args: readonly string[]): Running;
  /** Start a program that asks for the example's secret. */
  ask(): Running;
  close(): Promise<void>;
}

/** Whom a process belongs to, where tests run as root. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Start a process that the tests end. */
export function run(
  command: readonly string[],
  environment: Record<string, string | undefined> = {},
  user: User | undefined = undefined,
): Running {
  const [program = "", ...args] = command;
  const { ASSENT_HOME: _, ASSENT_ENDPOINT: __, ...inherited } = process.env;
  const child = spawn(program, args, {
    env: { ...inherited, ...environment },
    ...user,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  let look = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
      look();
    });
  }
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return {
    process: child,
    output: () => output,
    ended,
    async says(text) {
      while (!output.includes(text)) {
        const more = new Promise<undefined>((resolve) => {
          look = () => resolve(undefined);
        });
        const end = await Promise.race([more, ended]);
        if (end === undefined || output.includes(text)) continue;
        throw new Error(`ended (${end}) before it said "${text}": ${output}`);
      }
    },
  };
}

/** Start a broker; `environment` for one that shows requests in a page. */
export async function startRealBroker(
  environment: Record<string, string | undefined> = {
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
    INVOCATION_ID: undefined,
  },
  user: User | undefined = undefined,
): Promise<RealBroker> {
  const home = mkdtempSync(join(tmpdir(), "assent-ui-"));
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  const running = new Set<Running>();
  const start = (command: readonly string[], env = {}) => {
    const child = run(command, env, user);
    running.add(child);
    void child.ended.then(() => running.delete(child));
    return child;
  };
  const command = (args: readonly string[], env = {}) =>
    start([process.execPath, cli, ...args, "--home", home], env);
  const broker = command(["broker", "run"], environment);
  const rig: RealBroker = {
    home,
    directory: join(home, "run"),
    ownerSocket: join(home, "run", "owner.sock"),
    broker,
    start: (...args) => command(args),
    async assent(...args) {
      const child = command([...args, "--password-stdin"]);
      child.process.stdin?.end(`${password}\nvalue\n`);
      const code = await child.ended;
      if (code !== 0) throw new Error(`${args.join(" ")}: ${child.output()}`);
      return child.output();
    },
    ask: () =>
      start([process.execPath, example, reference], { ASSENT_HOME: home }),
    async close() {
      for (const child of running) child.process.kill("SIGTERM");
      await Promise.all([...running].map((child) => child.ended));
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await broker.says("Assent is running");
  await rig.assent("account", "create", "Personal");
  return rig;
}

/** What a program needs to ask: the integration on, and an item. */
export async function prepareProgram(rig: RealBroker): Promise<void> {
  await rig.assent("integration", "on");
  await rig.assent("vault", "create", "Dev");
  const item = ["item", "create", "Dev", "GitHub", "--field", "token"];
  await rig.assent(...item, "--stdin");
}
