// SPDX-License-Identifier: Apache-2.0
import type { FuzzTarget } from "./fuzz-target.ts";
import { wireTarget } from "./wire-target.ts";

export const target: FuzzTarget = wireTarget("http1", "bytes-caller.ts", 5_000);
