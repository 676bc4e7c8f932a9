// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { HelloResult } from "@assent/protocol/conformance";
import { createCanaryScanner } from "../canary/canary.ts";
import { newId } from "../case/fixture.ts";
import { Failure, NotRun } from "../case/verdict.ts";
import { inherited } from "../implementation/inherited.ts";
import {
  type DriverProcess,
  type DriverStart,
  startDriver,
  usualAnswerMs,
} from "./driver-process.ts";
import { gives } from "./expectation.ts";
import {
  createScriptedBroker,
  type ScriptedBroker,
} from "./scripted-broker.ts";
import { createSdkClient, type SdkClient } from "./sdk-client.ts";

/** The SDK under test. */
export interface SdkUnderTest {
  /** Starts its driver: program and arguments. */
  readonly command: DriverStart["command"];
  readonly framing: DriverStart["framing"];
  /** Added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of one case, milliseconds; undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** Told each thing that a driver is told, and what it answers. */
  readonly onTold?: (line: string) => void;
}

/** How a program of a case is started. */
export interface ProgramOptions {
  /** "": as the environment says. */
  readonly endpoint?: string;
  readonly debugLogging?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** What starts it: given its command, gives another. */
  readonly within?: (command: DriverStart["command"]) => DriverStart["command"];
}

/** What a case is given: a broker that follows a script, and programs that use the SDK. */
export interface SdkWorld {
  readonly described: HelloResult;
  readonly broker: ScriptedBroker;
  /** HOME of the programs. */
  readonly home: string;
  /** Where the broker's socket is; nobody else may enter. */
  readonly folder: string;
  readonly acct1: { readonly id: string; readonly name: string };
  readonly acct2: { readonly id: string; readonly name: string };
  /** What every read gives: a canary. */
  readonly secret: string;
  /** What every write stores: a canary. */
  readonly written: string;
  /** A program that has been told nothing yet. */
  program(options?: ProgramOptions): DriverProcess;
  /** A program with a client that has done nothing yet. */
  client(options?: ProgramOptions): Promise<SdkClient>;
  /** Another client in the program of this one. */
  sibling(client: SdkClient): Promise<SdkClient>;
  /** One that has read the secret once; the script and its counts are empty then. */
  authorized(options?: ProgramOptions): Promise<SdkClient>;
  /** A file of the suite's own: it is not looked through. */
  ignore(path: string): void;
  /** Fails when a canary is in it. */
  clean(where: string, bytes: Uint8Array): void;
  /** Ends the programs; the checks that hold with every case. */
  finish(): Promise<void>;
  end(): Promise<void>;
}

const vault = "V1";
const item = "i1";

/** A world of its own for one case; the broker is started. */
export async function createSdkWorld(
  sdk: SdkUnderTest,
  described: HelloResult,
): Promise<SdkWorld> {
  const home = mkdtempSync(join(tmpdir(), "assent-conf-sdk-"));
  // A second user may pass through; what is secret has a folder of its own.
  chmodSync(home, 0o711);
  const folder = join(home, "run");
  mkdirSync(folder, { mode: 0o700 });
  mkdirSync(join(home, "tmp"));
  const acct1 = { id: newId(), name: "Personal" };
  const acct2 = { id: newId(), name: "Work" };
  const secret = randomBytes(24).toString("hex");
  const written = randomBytes(24).toString("hex");
  const broker = createScriptedBroker(join(folder, "broker.sock"), {
    accounts: [acct1, acct2],
    secret,
  });
  const drivers: DriverProcess[] = [];
  const ended = new Set<DriverProcess>();
  const ignored = new Set<string>();
  let clients = 0;
  const scanner = createCanaryScanner([
    ...halves("the secret that was read", secret),
    ...halves("the secret that was written", written),
  ]);
  const readScanner = createCanaryScanner(
    halves("the secret that was read", secret),
  );

  async function open(
    driver: DriverProcess,
    { endpoint = broker.endpoint, debugLogging = false }: ProgramOptions,
  ): Promise<SdkClient> {
    clients += 1;
    const client = `client${clients}`;
    const { result } = driver.tell({
      case: "open",
      value: { client, endpoint, debugLogging },
    });
    const opened = await result;
    if (opened.case === "unsupported") {
      throw new NotRun(`the driver: ${opened.value}`);
    }
    if (opened.case !== "ok") {
      throw new Failure("open", "to make a client", whatCame(opened));
    }
    return createSdkClient(
      driver,
      {
        client,
        account: acct1.id,
        reference: `assent://${vault}/${item}/value`,
        value: written,
        vaultId: vault,
      },
      (one) => ended.add(one),
    );
  }

  function clean(where: string, bytes: Uint8Array): void {
    const [found] = scanner.scan(bytes);
    if (found === undefined) return;
    throw new Failure(where, "no secret", `${found.canary}, ${found.encoding}`);
  }

  const world: SdkWorld = {
    described,
    broker,
    home,
    folder,
    acct1,
    acct2,
    secret,
    written,
    program(options = {}) {
      const command = options.within?.(sdk.command) ?? sdk.command;
      const driver = startDriver({
        command,
        framing: sdk.framing,
        answerMs: sdk.timeoutMs === undefined ? undefined : usualAnswerMs,
        ...(sdk.onTold === undefined ? {} : { onTold: sdk.onTold }),
        env: {
          ...inherited(),
          HOME: home,
          TMPDIR: join(home, "tmp"),
          ...sdk.env,
          ...options.env,
        },
      });
      drivers.push(driver);
      return driver;
    },
    async client(options = {}) {
      const driver = world.program(options);
      await driver.tell({ case: "hello", value: { driverProtocol: 1 } }).result;
      return open(driver, options);
    },
    sibling: ({ driver }) => open(driver, {}),
    async authorized(options) {
      const client = await world.client(options);
      gives("the first read", await client.read(), secret);
      broker.script([]);
      return client;
    },
    ignore: (path) => ignored.add(path),
    clean,
    async finish() {
      if (broker.notApplicable !== undefined) throw broker.notApplicable;
      const [unexpected] = broker.unexpected;
      if (unexpected !== undefined) {
        throw new Failure("broker.unexpected", "nothing", unexpected);
      }
      for (const driver of drivers) {
        if (driver.isRunning || ended.has(driver)) continue;
        throw new Failure("the program", "to go on", "it ended");
      }
      // What it printed last has arrived when it has ended.
      await world.end();
      for (const driver of drivers) {
        clean("standard error of the program", driver.stderr());
        clean("errors and inspection", shown(driver));
      }
      const [sent] = readScanner.scan(broker.received());
      if (sent !== undefined) {
        throw new Failure("what is sent", "no secret", sent.canary);
      }
      for (const path of filesIn(home)) {
        if (ignored.has(path)) continue;
        clean(`file ${relative(home, path)}`, readFileSync(path));
      }
    },
    async end() {
      for (const driver of drivers) driver.kill();
      await Promise.all(drivers.map((driver) => driver.ended));
      await broker.stop();
    },
  };
  await broker.start();
  return world;
}

// Half of a secret is found, and so is the whole.
function halves(name: string, value: string) {
  const middle = value.length / 2;
  return [
    { name, value: value.slice(0, middle) },
    { name, value: value.slice(middle) },
  ];
}

function whatCame({
  case: kind,
  value,
}: DriverProcess["results"][number]): string {
  return kind === "error" ? `an error, ${value.nativeType}` : String(kind);
}

/** Everything the SDK would show a program, besides the values it asked for. */
function shown({ results }: DriverProcess): Buffer {
  const texts = results.flatMap((result) => {
    switch (result.case) {
      case "error":
        return [result.value.nativeType, ...result.value.renderings];
      case "inspect":
        return result.value.renderings;
      case "child": {
        const { descriptors, environment, arguments: given } = result.value;
        return [...descriptors, ...environment, ...given];
      }
      default:
        return [];
    }
  });
  return Buffer.from(texts.join("\n"));
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}
