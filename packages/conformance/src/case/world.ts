// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import {
  Capability,
  type DescribeResponse,
  type GatePoint,
} from "@assent/protocol/conformance";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import {
  type CallerProcess,
  type CallerStart,
  startCaller,
} from "../caller/caller-process.ts";
import { compilerAdvice } from "../caller/native-caller.ts";
import { placeCopy, startAt } from "../caller/placed-caller.ts";
import { createCanaryScanner } from "../canary/canary.ts";
import { type Control, connectControl } from "../control/control.ts";
import type {
  BrokerProcess,
  BrokerStart,
} from "../implementation/broker-process.ts";
import { createModel } from "../model/model.ts";
import { watchCalls, watchControl, watchProcess } from "../model/watch.ts";
import type { FlavourName } from "../wire/flavour.ts";
import {
  type AuthorizeOptions,
  type CallEvent,
  type Caller,
  createCaller,
} from "./caller.ts";
import { served } from "./check.ts";
import {
  accountsOf,
  asSeeded,
  createFixture,
  type Fixture,
} from "./fixture.ts";
import { listVaults } from "./operations.ts";
import { createTime, realTime, type Time } from "./time.ts";
import { createUser, type User } from "./user.ts";
import { Failure, NotRun } from "./verdict.ts";

/** How a caller of a case is started. */
export interface CallerOptions {
  /** Name of its executable: a copy is made under it. */
  readonly name?: string | Buffer;
  /** Folder for that copy, absolute; made when missing. By default a new one. */
  readonly folder?: string | Buffer;
  /** What starts it: given its command, gives another (a namespace, a user). */
  readonly within?: (
    command: readonly [string, ...string[]],
  ) => readonly [string, ...string[]];
  readonly argv0?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Any caller will do, or the C caller is needed for what it is told. */
  readonly kind?: "any" | "c";
}

/** A gate that a case closed. */
export interface ClosedGate {
  /** Waits until at least so many calls stand at it. */
  held(calls?: number): Promise<void>;
  open(): Promise<void>;
}

const gateMs = 10_000;

/** What a case is given: a broker in its first state, and everything around it. */
export interface World extends Fixture {
  readonly broker: BrokerProcess;
  readonly control: Control;
  readonly described: DescribeResponse;
  readonly user: User;
  readonly time: Time;
  readonly defaultFlavour: FlavourName;
  /** Repeatable: the same seed gives the same numbers, from 0 to below 1. */
  readonly random: () => number;
  /** A directory of this case, removed afterwards. */
  readonly folder: string;
  /** Whether the callers of this run can do all that processes do. */
  readonly hasNativeCaller: boolean;
  /** Of the C caller, for an exec. @throws NotRun when there is none */
  readonly nativeCaller: string;
  caller(options?: CallerOptions): Promise<Caller>;
  /** A process that a caller made (a fork) as a caller of its own. */
  callerOf(process: CallerProcess): Caller;
  /** A caller that was granted this; by default all of acct1, whose secrets it may have seen then. */
  granted(options?: AuthorizeOptions, caller?: CallerOptions): Promise<Caller>;
  /** The same for a caller that runs. */
  grant(caller: Caller, options?: AuthorizeOptions): Promise<void>;
  /** The broker ends by this signal and is started again; fails when it does not serve then. */
  restart(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Work with a broker of its own, in its first state too; it is removed afterwards. */
  elsewhere<T>(
    start: Partial<BrokerStart>,
    work: (world: World) => Promise<T>,
  ): Promise<T>;
  /** Starts what is released of the implementation. @throws NotRun when that was not named */
  release(): BrokerProcess;
  /** How long a prompt waits, as the broker says; milliseconds. */
  readonly promptTimeoutMs: number;
  /** Closes a gate: calls that come to it are held until it is opened. */
  closeGate(point: GatePoint): Promise<ClosedGate>;
  /** Everything that was sent before has been taken by the broker: a call of a stranger went through. */
  settled(): Promise<void>;
  /** Locks as the user would: an account by id, or all. */
  lock(accountId?: string): Promise<void>;
  unlock(accountId: string): Promise<void>;
  /** This caller may see these items' values, besides what was allowed before. */
  allow(caller: Caller, ...items: readonly string[]): void;
  /** A caller that was granted something, but may see no value at all. */
  allowNothing(caller: Caller): void;
  /** Fails when bytes that the case got elsewhere hold a canary. */
  scan(bytes: Uint8Array, allowed?: readonly string[]): void;
  readonly callers: readonly Caller[];
  /** A fresh state of the same broker, asked in this flavour; this world's own is gone then. */
  again(flavour: FlavourName): Promise<World>;
  /** Fails when the model has not agreed with an answer so far. */
  agree(): void;
  /** What must hold after every case: no canary came where it does not belong, and the model agrees with every answer. Ends the callers. */
  finish(): void;
}

/** What a world is made from. */
export interface WorldOptions {
  readonly broker: BrokerProcess;
  readonly control: Control;
  readonly described: DescribeResponse;
  readonly flavour: FlavourName;
  readonly random: () => number;
  /** Of the C caller; undefined: callers run in Node. */
  readonly nativeCaller: string | undefined;
  /** The Node caller: program and arguments. */
  readonly nodeCaller: readonly [string, ...string[]];
  readonly onCall: (event: CallEvent) => void;
  /** The accounts that each case begins with; by default each has its own. */
  readonly fixture?: Fixture;
  /** Steers a broker that has no control service. */
  readonly steer?: (broker: BrokerProcess) => Control;
  /** How the broker is started that is given to users, as ASSENT_ENDPOINT says. */
  readonly release?: readonly [string, ...string[]];
}

/** A fresh state of the broker, seeded. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { broker, described, nativeCaller } = options;
  const planned = options.fixture ?? createFixture();
  const hasOwnTime = described.capabilities.includes(Capability.VIRTUAL_CLOCK);
  const model = createModel(hasOwnTime ? undefined : realTime());
  const control = watchControl(model, options.control);
  await control.reset({});
  const seeded = await control.seed({ accounts: accountsOf(planned) });
  const fixture = asSeeded(planned, seeded);
  const onSend = watchCalls(model, broker, [fixture.acct1, fixture.acct2]);
  const folder = mkdtempSync(join(broker.home, "case-"));
  const callers: Caller[] = [];
  const allowed = new Map<Caller, Set<string>>();
  const scanner = createCanaryScanner(fixture.canaries);
  const calls: CallEvent[] = [];
  let copies = 0;

  function startOf(given: CallerOptions): CallerStart {
    const { name = "caller", env = {}, cwd = folder } = given;
    const { within = (command) => command } = given;
    const common = {
      env,
      cwd,
      ...(given.argv0 === undefined ? {} : { argv0: given.argv0 }),
    };
    if (nativeCaller === undefined) {
      if (given.kind === "c" || given.name !== undefined || given.folder) {
        throw new NotRun(compilerAdvice);
      }
      return { command: within(options.nodeCaller), ...common };
    }
    copies += 1;
    const place = given.folder ?? join(folder, `bin${copies}`);
    const path = placeCopy(nativeCaller, { folder: place, name });
    const start = startAt(nativeCaller, path);
    return { ...start, command: within(start.command), ...common };
  }

  function scan(bytes: Uint8Array, names: readonly string[] = []): void {
    const [first] = scanner
      .scan(bytes)
      .filter(({ canary }) => !names.includes(canary));
    if (first !== undefined) {
      throw new Failure(
        "canaries",
        "none where it does not belong",
        `${first.canary} (${first.encoding})`,
      );
    }
  }

  const world: World = {
    ...fixture,
    broker,
    control,
    described,
    user: createUser(control),
    time: createTime(control),
    defaultFlavour: options.flavour,
    random: options.random,
    folder,
    hasNativeCaller: nativeCaller !== undefined,
    callers,
    get nativeCaller() {
      if (nativeCaller === undefined) throw new NotRun(compilerAdvice);
      return nativeCaller;
    },
    async caller(given = {}) {
      return world.callerOf(await startCaller(startOf(given)));
    },
    callerOf(process) {
      const caller = createCaller(process, {
        endpoint: broker.endpoint,
        defaultAccount: fixture.acct1.id,
        defaultFlavour: options.flavour,
        connect: watchProcess(model, process),
        onSend,
        onAnswer(event) {
          calls.push(event);
          options.onCall(event);
        },
      });
      callers.push(caller);
      return caller;
    },
    promptTimeoutMs: described.promptTimeout
      ? durationMs(described.promptTimeout)
      : 120_000,
    async granted(terms = {}, start = {}) {
      const caller = await world.caller(start);
      await world.grant(caller, terms);
      return caller;
    },
    async grant(caller, terms = {}) {
      await world.user.decides("approve");
      served("Authorize", await caller.authorize(terms));
      await world.user.decides("ignore");
      if (terms.scope === undefined) {
        const account =
          terms.account === fixture.acct2.id ? fixture.acct2 : fixture.acct1;
        world.allow(caller, ...account.items.map(({ name }) => name));
      }
    },
    async restart(signal) {
      await broker.kill(signal);
      try {
        await broker.start();
      } catch (error) {
        const { message } = error as Error;
        throw new Failure("the broker", "to start again", message);
      }
      if (!(await broker.answers())) {
        throw new Failure("the endpoint", "to be served again", "nobody is");
      }
    },
    async elsewhere(start, work) {
      const other = broker.another(start);
      try {
        // Without a control service it starts when it has its accounts.
        if (options.steer === undefined) {
          await other.start();
          if (!existsSync(other.controlEndpoint)) {
            throw new NotRun("a control service (of a second broker)");
          }
        }
        const itsControl =
          options.steer?.(other) ??
          (await connectControl(other.controlEndpoint));
        try {
          const its = await createWorld({
            ...options,
            broker: other,
            control: itsControl,
            described: await itsControl.describe({}),
          });
          try {
            const result = await work(its);
            its.finish();
            return result;
          } finally {
            for (const { process } of its.callers) process.kill();
          }
        } finally {
          itsControl.close();
        }
      } finally {
        await other.remove();
      }
    },
    release() {
      if (options.release === undefined) {
        throw new NotRun("a release to look at (--release)");
      }
      const command = options.release;
      return broker.another({ command, needsControl: false });
    },
    async closeGate(point) {
      await control.setGate({ point, closed: true });
      return {
        async held(calls = 1) {
          const wait = durationFromMs(gateMs);
          const held = await control.awaitGate({ point, calls, wait });
          if (held.calls < calls) {
            throw new Failure("the gate", `${calls} held`, `${held.calls}`);
          }
        },
        async open() {
          await control.setGate({ point, closed: false });
        },
      };
    },
    async settled() {
      const stranger = await world.caller();
      await stranger.request(listVaults);
      stranger.process.kill();
    },
    async lock(accountId = "") {
      await control.lock({ accountId });
    },
    async unlock(accountId) {
      await control.unlock({ accountId });
    },
    allowNothing(caller) {
      allowed.delete(caller);
    },
    allow(caller, ...items) {
      const set = allowed.get(caller) ?? new Set();
      for (const name of items) set.add(name);
      allowed.set(caller, set);
    },
    scan,
    again(name) {
      // What this world's callers were granted is gone.
      model.blind();
      return createWorld({ ...options, flavour: name });
    },
    agree: () => model.check(),
    finish() {
      for (const caller of callers) {
        const names = [...(allowed.get(caller) ?? [])];
        for (const { connection } of caller.links) {
          scan(Buffer.concat(connection.received), names);
        }
      }
      for (const { caller, answer } of calls) {
        scan(answer.body, [...(allowed.get(caller) ?? [])]);
      }
      const byCaller = Map.groupBy(calls, ({ caller }) => caller);
      for (const [caller, its] of byCaller) {
        const headers = its.map(({ answer }) => answer.headers);
        const names = [...(allowed.get(caller) ?? [])];
        scan(Buffer.from(JSON.stringify(headers)), names);
      }
      scan(broker.output());
      for (const caller of callers) caller.process.kill();
      model.check();
    },
  };
  return world;
}
