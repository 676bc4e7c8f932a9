// SPDX-License-Identifier: Apache-2.0
// In the place of @1password/sdk: its names, by name and as the default.
import * as sdk from "./sdk.ts";

export * from "./sdk.ts";
export default sdk;
