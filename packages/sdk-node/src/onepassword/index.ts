// SPDX-License-Identifier: Apache-2.0
/**
 * In the place of `@1password/sdk` 0.5.0: its names, each by name, and all of
 * them as the default.
 *
 * @module 1password
 */
import * as sdk from "./sdk.ts";

export * from "./sdk.ts";
/** @ignore */
export default sdk;
