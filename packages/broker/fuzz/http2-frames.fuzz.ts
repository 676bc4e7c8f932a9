// SPDX-License-Identifier: Apache-2.0
import type { FuzzTarget } from "./fuzz-target.ts";
import { wireTarget } from "./wire-target.ts";

export const target: FuzzTarget = wireTarget(
  "http2-frames",
  "bytes-caller.ts",
  2_000,
);
