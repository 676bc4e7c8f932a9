// SPDX-License-Identifier: Apache-2.0
export { type Inspection, inspect } from "./inspect.ts";
export { type LogFormat, logFormats } from "./log/create-log.ts";
export { type LogLevel, logLevels } from "./log/log.ts";
export type { OpenLogOptions } from "./log/open-log.ts";
export type { SurfaceProgram } from "./rpc/surfaces.ts";
export { type RunningBroker, type RunOptions, runBroker } from "./run.ts";
export { StartError, type StartFault } from "./start-error.ts";
