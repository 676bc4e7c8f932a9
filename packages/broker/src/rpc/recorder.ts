// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { Warning } from "@assent/protocol/owner";
import type { ActivityEvent, ActivityLog } from "../activity/activity.ts";
import type { Log } from "../log/log.ts";
import type { Clock } from "../session/clock.ts";
import { type EventIds, tellActivity } from "./activity-line.ts";
import type { ProcessCards } from "./process-card.ts";
import { refusal } from "./refusal.ts";

/** Writes down what happens: of an account to its own log, of none to the broker's. */
export interface Recorder {
  /**
   * Must be written, or the thing does not happen (decisions 11).
   * @throws ConnectError with REASON_STORAGE_FAILED
   */
  require(
    accountId: string | undefined,
    event: ActivityEvent,
    ids?: EventIds,
  ): void;
  /** What makes things safer happens anyway; a lost entry is told to the operator. */
  note(
    accountId: string | undefined,
    event: ActivityEvent,
    ids?: EventIds,
  ): void;
  /** The process as it is named in every entry. */
  process(processNumber: number, pid?: number): { readonly process?: object };
}

/** Where entries go. */
export interface RecorderOptions {
  readonly clock: Clock;
  readonly cards: ProcessCards;
  /** The log of an account, also of a locked one. */
  readonly logOf: (accountId: string) => ActivityLog | undefined;
  readonly brokerLog: ActivityLog;
  readonly nameOf: (accountId: string) => string | undefined;
  readonly log: Log;
}

/** Create a recorder. */
export function createRecorder(options: RecorderOptions): Recorder {
  const append = (
    accountId: string | undefined,
    event: ActivityEvent,
    ids?: EventIds,
  ) => {
    const log =
      (accountId === undefined ? undefined : options.logOf(accountId)) ??
      options.brokerLog;
    const account =
      accountId === undefined ? undefined : options.nameOf(accountId);
    log.append(
      account === undefined ? event : { ...event, account },
      options.clock.wallMs(),
    );
    tellActivity(options.log, accountId, event, ids);
  };
  const lost = ({ kind }: ActivityEvent) =>
    options.log.error("activity-lost", { kind });
  return {
    require(accountId, event, ids) {
      try {
        append(accountId, event, ids);
      } catch {
        lost(event);
        throw refusal(Reason.STORAGE_FAILED);
      }
    },
    note(accountId, event, ids) {
      try {
        append(accountId, event, ids);
      } catch {
        lost(event);
      }
    },
    process(processNumber, pid) {
      const last = options.cards.last(processNumber);
      const card = last?.process;
      const known = card?.pid ?? pid;
      if (known === undefined) return {};
      return {
        process: {
          pid: known,
          ...(card === undefined ? {} : { name: card.name, path: card.path }),
          // The kernel could not vouch for the process id.
          ...(last?.warnings.includes(Warning.WEAK_IDENTITY)
            ? { identity: "weak" }
            : {}),
        },
      };
    },
  };
}
