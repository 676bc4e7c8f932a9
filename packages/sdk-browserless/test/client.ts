// SPDX-License-Identifier: Apache-2.0
import * as assert from "uvu/assert";
import { type AssentClient, assembleClient } from "../src/client.ts";
import { AssentError } from "../src/error.ts";
import { createFetchTransport } from "../src/fetch.ts";
import type { ClientOptions } from "../src/options.ts";
import { systemTimers, type Timers } from "../src/timers.ts";
import type { ScriptedBroker } from "./scripted-broker.ts";

/** The reference that tests read. */
export const reference = "assent://Dev/GitHub/token";

/** A client of a scripted broker that asks for the account "Personal". */
export function connect(
  broker: ScriptedBroker,
  options: ClientOptions = {},
  timers: Timers = systemTimers,
): AssentClient {
  const { fetch } = broker;
  return assembleClient(
    createFetchTransport({ baseUrl: "http://localhost", fetch }),
    { account: "Personal", ...options },
    timers,
  );
}

/** The error that a call must end with. */
export async function errorOf(call: Promise<unknown>): Promise<AssentError> {
  try {
    await call;
  } catch (error) {
    assert.instance(error, AssentError);
    return error as AssentError;
  }
  throw new Error("the call did not fail");
}
