// SPDX-License-Identifier: Apache-2.0
export { type RunningBroker, type RunOptions, runBroker } from "./run.ts";
