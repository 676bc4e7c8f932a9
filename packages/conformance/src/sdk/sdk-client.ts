// SPDX-License-Identifier: Apache-2.0

import type { ScopeSchema } from "@assent/protocol";
import type {
  ChildResult,
  InspectResult,
  OkResult,
} from "@assent/protocol/conformance";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Failure, NotRun } from "../case/verdict.ts";
import type {
  DriverOp,
  DriverProcess,
  DriverResult,
} from "./driver-process.ts";

/** What a call of the program is about. */
export interface CallFacts {
  /** Id or name; by default the id of the first account. */
  readonly account?: string;
  /** By default the SDK's own. */
  readonly timeoutMs?: number;
}

/** A call that is under way. */
export interface StartedCall {
  readonly id: bigint;
  readonly result: Promise<DriverResult>;
}

/** A client of the SDK, in a program of its own. */
export interface SdkClient {
  readonly driver: DriverProcess;
  startRead(facts?: CallFacts): StartedCall;
  startWrite(facts?: CallFacts): StartedCall;
  startAuthorize(facts?: CallFacts): StartedCall;
  read(facts?: CallFacts): Promise<DriverResult>;
  write(facts?: CallFacts): Promise<DriverResult>;
  authorize(
    facts?: CallFacts & {
      readonly scope?: MessageInitShape<typeof ScopeSchema>;
    },
  ): Promise<DriverResult>;
  revoke(account?: string): Promise<DriverResult>;
  cancel(call: StartedCall): void;
  /** Must go well. */
  dispose(): Promise<OkResult>;
  inspect(): Promise<InspectResult>;
  /** In a child that is forked, or in one of another program. */
  child(fork: boolean): Promise<ChildResult>;
  /** End the program; its exit code or signal, undefined when it goes on. */
  exit(
    how: {
      readonly disposeFirst?: boolean;
      readonly withUnhandledError?: boolean;
    },
    waitMs: number,
  ): Promise<number | NodeJS.Signals | null | undefined>;
}

/** What calls are about unless they say otherwise. */
export interface ClientDefaults {
  readonly client: string;
  readonly account: string;
  readonly reference: string;
  /** What is written. */
  readonly value: string;
  readonly vaultId: string;
}

/** A client that the driver has opened. `ended` is told of programs that shall end. */
export function createSdkClient(
  driver: DriverProcess,
  defaults: ClientDefaults,
  ended: (driver: DriverProcess) => void,
): SdkClient {
  const { client, reference, value, vaultId } = defaults;
  const about = ({ account, timeoutMs }: CallFacts) => ({
    client,
    accountId: account ?? defaults.account,
    timeoutMs: timeoutMs ?? 0,
  });
  const start = (op: DriverOp): StartedCall => {
    const { id, result } = driver.tell(op);
    const supported = result.then(orNotRun);
    supported.catch(() => {});
    return { id, result: supported };
  };
  async function expect<C extends DriverResult["case"]>(
    op: DriverOp,
    expected: C,
  ) {
    const result = await start(op).result;
    if (result.case === expected) {
      return result.value as Extract<DriverResult, { case: C }>["value"];
    }
    throw new Failure(String(op.case), `to go well`, `${result.case}`);
  }
  const made: SdkClient = {
    driver,
    startRead: (facts = {}) =>
      start({ case: "read", value: { ...about(facts), reference } }),
    startWrite: (facts = {}) =>
      start({
        case: "write",
        value: { ...about(facts), vaultId, title: "new", value },
      }),
    startAuthorize: (facts = {}) =>
      start({ case: "authorize", value: about(facts) }),
    read: (facts) => made.startRead(facts).result,
    write: (facts) => made.startWrite(facts).result,
    authorize: ({ scope, ...facts } = {}) =>
      start({
        case: "authorize",
        value: { ...about(facts), ...(scope === undefined ? {} : { scope }) },
      }).result,
    revoke: (account = defaults.account) =>
      start({ case: "revoke", value: { client, accountId: account } }).result,
    cancel({ id }) {
      start({ case: "cancel", value: id });
    },
    dispose: () => expect({ case: "dispose", value: { client } }, "ok"),
    inspect: () => expect({ case: "inspect", value: { client } }, "inspect"),
    child: (fork) => expect({ case: "child", value: { fork } }, "child"),
    async exit(how, waitMs) {
      ended(driver);
      driver.tell({
        case: "exit",
        value: {
          disposeFirst: how.disposeFirst ?? false,
          withUnhandledError: how.withUnhandledError ?? false,
        },
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), waitMs);
      });
      const end = await Promise.race([driver.ended, late]);
      clearTimeout(timer);
      return end;
    },
  };
  return made;
}

// What a driver cannot do is never passed.
function orNotRun(result: DriverResult): DriverResult {
  if (result.case !== "unsupported") return result;
  throw new NotRun(`the driver: ${result.value}`);
}
