// SPDX-License-Identifier: Apache-2.0
import type { ActivityEvent } from "../activity/activity.ts";
import type { Log, LogFields, LogLevel } from "../log/log.ts";

/**
 * What of the activity log is also told to the one who runs the broker, and
 * how loudly. A kind that is not here is not told.
 */
const levels = {
  "account-copied": "info",
  "account-created": "info",
  "account-locked": "info",
  "account-removed": "info",
  "account-renamed": "info",
  "account-restored": "info",
  "account-unlocked": "info",
  authenticated: "debug",
  "backups-left": "warn",
  "credential-refused": "warn",
  granted: "info",
  "integration-off": "info",
  "integration-on": "info",
  "mark-missing": "warn",
  muted: "info",
  "owner-operation": "debug",
  "password-changed": "info",
  "prompt-created": "info",
  "prompt-denied": "info",
  "prompt-ended": "info",
  "prompt-refused": "debug",
  "prompt-shown": "debug",
  request: "debug",
  "request-refused": "debug",
  "session-ended": "info",
  "slot-added": "info",
  "slot-removed": "info",
  unmuted: "info",
} as const satisfies Readonly<Record<string, LogLevel>>;

type Told = keyof typeof levels;

/** Ids that an entry of the activity log does not hold. */
export type EventIds = Pick<LogFields, "prompt" | "session">;

/** Tell of an event: who and why, by ids; never what it touched (LEAK-004). */
export function tellActivity(
  log: Log,
  accountId: string | undefined,
  event: ActivityEvent,
  ids: EventIds = {},
): void {
  if (!Object.hasOwn(levels, event.kind)) return;
  const kind = event.kind as Told;
  const process = (event["process"] ?? {}) as { pid?: number; path?: string };
  log[levels[kind]](kind, {
    ...ids,
    account: accountId,
    pid: process.pid,
    program: process.path,
    reason: (event["cause"] ?? event["by"]) as string | undefined,
    operation: event["operation"] as string | undefined,
  });
}
