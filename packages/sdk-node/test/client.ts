// SPDX-License-Identifier: Apache-2.0
import { AssentError } from "@assent/sdk-browserless";
import * as assert from "uvu/assert";

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

/** Let everything that is due now happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
