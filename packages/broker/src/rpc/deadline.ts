// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders } from "node:http";

/** What the headers say of the time that a caller waits. */
export type Deadline = "none" | "passed" | "ahead" | "invalid";

const connectHeader = "connect-timeout-ms";
const grpcHeader = "grpc-timeout";
const unitsMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};
/** What a timer of the runtime can wait, some 24 days: more would fire at once. */
const longestMs = 2 ** 31 - 1;
const mostGrpcDigits = 99_999_999;

/**
 * Judge the deadline of a call in any flavour (WIR-009). Connect itself takes
 * zero as none, and tells what is no time at all without a reason.
 */
export function judgeDeadline(headers: IncomingHttpHeaders): Deadline {
  const times = [headers[connectHeader], headers[grpcHeader]]
    .map((text, index) => toMs(text, index === 1))
    .filter((ms) => ms !== undefined);
  if (times.length === 0) return "none";
  if (times.some((ms) => Number.isNaN(ms))) return "invalid";
  return times.some((ms) => ms === 0) ? "passed" : "ahead";
}

/** Milliseconds that the caller waits from the start of the call, no more than the runtime can count; undefined: it did not say. */
export function deadlineMs(headers: IncomingHttpHeaders): number | undefined {
  const times = [
    toMs(headers[connectHeader], false),
    toMs(headers[grpcHeader], true),
  ].filter((ms) => ms !== undefined);
  return times.length === 0 ? undefined : Math.min(longestMs, ...times);
}

/** Say what is left of the deadline, in the way in which it was given. */
export function setDeadline(headers: Headers, leftMs: number): void {
  if (headers.has(connectHeader)) {
    headers.set(connectHeader, `${Math.ceil(leftMs)}`);
  }
  if (headers.has(grpcHeader)) {
    const text =
      leftMs <= mostGrpcDigits
        ? `${Math.ceil(leftMs)}m`
        : `${Math.floor(leftMs / 1000)}S`;
    headers.set(grpcHeader, text);
  }
}

/** Take the deadline out: what is refused anyway has none. */
export function dropDeadline(headers: Headers): void {
  headers.delete(connectHeader);
  headers.delete(grpcHeader);
}

/** NaN: not a time as the protocol writes it. */
function toMs(
  text: string | string[] | undefined,
  grpc: boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = "m"] =
    (grpc ? /^(\d{1,8})([HMSmun])$/ : /^(\d{1,10})$/).exec(String(text)) ?? [];
  return Number(digits) * (unitsMs[unit] ?? Number.NaN);
}
