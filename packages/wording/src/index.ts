// SPDX-License-Identifier: Apache-2.0
export { isDeceptive } from "./safe/deceptive.ts";
export { makeSafe, type SafeOptions } from "./safe/make-safe.ts";
