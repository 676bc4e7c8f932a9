// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Places } from "@assent/protocol";
import { type Broker, startBroker } from "../src/broker.ts";
import { openLog } from "../src/log/open-log.ts";
import { createBinding } from "../src/peer/platform.ts";
import { type Answer, type Caller, startCaller } from "../test/caller.ts";
import { createManualTime, type ManualTime } from "../test/manual-time.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createHeldCalls, type HeldCalls } from "./held-calls.ts";

/** Our broker as the suite steers it: virtual time, a quick password, an owner of its own. */
export interface Subject {
  readonly broker: Broker;
  readonly time: ManualTime;
  /** Passwords of the accounts that were made, by id. */
  readonly passwords: Map<string, string>;
  /** Calls that are held at gates. */
  readonly held: HeldCalls;
  /** What fails. */
  readonly faults: Faults;
  /** Start anew: nothing of before is left. */
  reset(): Promise<void>;
  /** A method of an owner service, from a process of its own. */
  owner(method: string, message: object): Promise<Answer>;
  /** The same; throws unless it succeeded. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any method.
  must(method: string, message: object): Promise<any>;
  /** As the schema has it in JSON. */
  credential(accountId: string): object;
  stop(): Promise<void>;
}

/** Start our broker so that its programs' socket is at `endpoint`; its files are in `home`. */
export async function startSubject(
  endpoint: string,
  home: string,
): Promise<Subject> {
  const runtimeDirectory = dirname(endpoint);
  const places: Places = {
    runtimeDirectory,
    brokerSocket: endpoint,
    ownerSocket: join(runtimeDirectory, "owner.sock"),
    dataDirectory: join(home, "data"),
  };
  const binding = await createBinding();
  const { log } = openLog({ level: "debug" });
  const owner: Caller = await startCaller(places);
  const passwords = new Map<string, string>();
  const held = createHeldCalls(owner.pid);
  let time = createManualTime();
  const faults = createFaults();
  const start = async () => {
    const started = await startBroker({
      places,
      binding: faults.binding(binding),
      clock: {
        bootMs: () => time.clock.bootMs(),
        wallMs: () => time.clock.wallMs(),
      },
      scheduler: { after: (ms, task) => time.scheduler.after(ms, task) },
      version: "0.0.0-test",
      passwords: {
        cost: { memory: 64, passes: 1, parallelism: 1 },
        acceptsWeakCost: true,
      },
      log,
      at: held.at,
    });
    faults.within(started);
    return started;
  };
  let broker = await start();
  let connection = 0;
  const subject: Subject = {
    get broker() {
      return broker;
    },
    get time() {
      return time;
    },
    passwords,
    held,
    faults,
    async reset() {
      faults.clear();
      await broker.stop();
      rmSync(places.dataDirectory, { recursive: true, force: true });
      passwords.clear();
      time = createManualTime();
      connection += 1;
      broker = await start();
    },
    async owner(method, message) {
      const on = `owner ${connection}`;
      const answer = await owner.owner(method, message, { on });
      // The suite's time runs while calls are on their way: the broker may have
      // closed our silent connection (WIR-007) before we learned of it. What
      // nobody answered is asked again, but for an approval, which a case may
      // have cut off.
      return answer.status === 0 && !method.endsWith("/Approve")
        ? await owner.owner(method, message, { on })
        : answer;
    },
    async must(method, message) {
      const answer = await subject.owner(method, message);
      if (answer.status === 200) return answer.body;
      throw new Error(`${method}: ${answer.status} ${answer.text}`);
    },
    credential: (account) => ({
      account,
      password: Buffer.from(passwords.get(account) ?? "").toString("base64"),
    }),
    async stop() {
      const stopping = broker.stop();
      // What is held at a gate meets a broker that has ended all access.
      held.open();
      await stopping;
      await owner.kill();
    },
  };
  return subject;
}
