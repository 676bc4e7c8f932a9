// SPDX-License-Identifier: Apache-2.0

/** How much a line matters, least first. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Whatever the broker tells the one who runs it: a name for programs, a sentence for people. */
export const sentences = {
  "account-copied": "a backup of an account was made",
  "account-created": "an account was made",
  "account-locked": "an account was locked",
  "account-removed": "an account was removed",
  "account-renamed": "an account has another name",
  "account-restored": "a backup was put in the place of an account",
  "account-unlocked": "an account was unlocked",
  "activity-lost": "the activity log could not be written",
  "activity-not-pruned": "old entries of the activity log could not be removed",
  "activity-not-removed":
    "the activity log of an account that was removed could not be deleted",
  authenticated: "a surface gave the password",
  "away-unknown":
    "nobody tells when the screen locks or the machine sleeps: accounts unlocked by hand lock when they are idle, and no sooner",
  "backups-left":
    "backups that an old password opens could not be deleted; delete those of this account in accounts/backups",
  "broker-started": "the broker has started",
  "broker-stopped": "the broker has stopped; all access has ended",
  "broker-stopping": "the broker is stopping",
  "connection-refused": "a connection was closed unread",
  "credential-refused": "a password was wrong",
  fault: "a fault in the broker",
  granted: "access was granted",
  "integration-off": "the integration is off",
  "integration-on": "the integration is on",
  "lines-lost": "lines of this log were lost: nobody took them",
  "lines-omitted": "lines were left out: too many in one minute",
  listening: "a channel is open",
  "log-not-reopened": "this log could not be opened anew; it goes on as before",
  "log-reopened": "this log was opened anew",
  "mark-missing":
    "the mark of an account was missing, so nothing told whether its file is the newest; if you did not copy it here alone, look at what is in it",
  muted: "a program was muted: it is refused without asking",
  "owner-operation": "the owner worked on items",
  "password-changed": "a password was changed",
  "prompt-created": "a program asks",
  "prompt-denied": "a prompt was denied",
  "prompt-ended": "a prompt ended without a decision",
  "prompt-refused": "a program asks too often, and was refused",
  "prompt-shown": "a prompt is shown",
  "prompt-unseen":
    "a program waits for your answer and nobody shows it: answer with assent watch or assent ui",
  refused: "a call was refused",
  request: "a request was served",
  "request-refused": "a request was refused",
  "seen-not-written":
    "programs that were seen could not be written down: they will be told as new again",
  "session-ended": "access ended",
  "setting-changed": "a setting has changed",
  "settings-reloaded": "the settings were read again",
  "settings-refused": "the settings were not taken; those from before stay",
  "slot-added": "a recovery code was made",
  "slot-removed": "a way to unlock was removed",
  unmuted: "a muted program may ask again",
  "surface-ended": "the broker's own surface has ended",
  "surface-failed": "the broker's own surface failed; answer with assent watch",
  "surface-said": "the broker's own surface says",
  "surface-started": "the broker's own surface has started",
  "sweep-failed": "a sweep failed; ended programs are found when they call",
} as const;
export type LogEvent = keyof typeof sentences;

/**
 * All that a line may hold beside its event: ids, numbers, words of ours, and
 * paths. There is no field for names of accounts and items, for references,
 * purposes or values (LEAK-003, LEAK-004). `fields.ts` holds each to its form.
 */
export interface LogFields {
  readonly pid?: number | undefined;
  readonly uid?: number | undefined;
  /** Ids. */
  readonly account?: string | undefined;
  readonly prompt?: string | undefined;
  readonly session?: string | undefined;
  /** Words of the broker's own. */
  readonly reason?: string | undefined;
  readonly code?: string | undefined;
  readonly channel?: string | undefined;
  readonly method?: string | undefined;
  readonly operation?: string | undefined;
  readonly kind?: string | undefined;
  readonly setting?: string | undefined;
  readonly version?: string | undefined;
  /** Numbers and yes or no. */
  readonly from?: number | boolean | undefined;
  readonly to?: number | boolean | undefined;
  readonly count?: number | undefined;
  readonly durationMs?: number | undefined;
  /** Path of an executable: foreign text. */
  readonly program?: string | undefined;
  /** A path of ours. */
  readonly path?: string | undefined;
  /** Places in our own code, as file:line. */
  readonly where?: string | undefined;
  /** A sentence of ours that says what is wrong and what to do. */
  readonly detail?: string | undefined;
}

/** What the broker tells the one who runs it. Never throws, never waits. */
export interface Log {
  /** What programs cause at will: equal lines of a minute are counted. */
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  /** What should not be; equal lines of a minute are counted, too. */
  error(event: LogEvent, fields?: LogFields): void;
}
