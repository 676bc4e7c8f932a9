// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { OwnerErrorDetailSchema, OwnerReason } from "@assent/protocol/owner";
import { Code, type ConnectError } from "@connectrpc/connect";
import type { Log } from "../log/log.ts";
import { Refusal } from "./refusal.ts";

/** Which of the two channels. */
export type ChannelName = "broker" | "owner";

/** Told of each call that was refused. */
export type RefusalReport = (
  pid: number | undefined,
  method: string,
  error: ConnectError,
) => void;

/** Tells of refusals by code and reason: their text is left out, as whoever called may have caused it. */
export function createRefusalReport(
  log: Log,
  channel: ChannelName,
): RefusalReport {
  return (pid, method, error) =>
    log.debug("refused", {
      pid,
      channel,
      method,
      code: Code[error.code],
      reason: reasonOf(error),
    });
}

function reasonOf(error: ConnectError): string | undefined {
  if (error instanceof Refusal) return nameOf(Reason, error.reason);
  const [detail] = error.findDetails(OwnerErrorDetailSchema);
  return detail && nameOf(OwnerReason, detail.reason);
}

function nameOf(
  values: Readonly<Record<string, number>>,
  value: number,
): string | undefined {
  return Object.keys(values).find((name) => values[name] === value);
}
