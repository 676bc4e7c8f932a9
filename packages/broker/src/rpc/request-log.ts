// SPDX-License-Identifier: Apache-2.0
import { type Operation, Reason } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import type { Session } from "../session/sessions.ts";
import type { Flight } from "./flight.ts";
import type { BrokerParts } from "./parts.ts";
import { Refusal } from "./refusal.ts";

/** Names in one entry of the log; the others are only counted. */
const namesPerEntry = 50;
const nameLength = 100;

/** Writes down one Request: by name what it touches, never a value. */
export interface RequestLog {
  /** Before anything is changed. @throws ConnectError with REASON_STORAGE_FAILED */
  change(names: readonly string[]): void;
  /** Before anything that was read is answered. @throws as `change` */
  read(names: readonly string[]): void;
  /** It was refused, or failed. Holds nothing that the program wrote. */
  refused(error: unknown): void;
}

/** The log of one Request of a program. */
export function createRequestLog(
  parts: BrokerParts,
  flight: Flight,
  session: Session,
  operation: Operation | undefined,
): RequestLog {
  const { number, pid } = flight.connection.peer;
  const entry = {
    ...parts.recorder.process(number, pid),
    operation: operation?.operation.case,
  };
  const write = (names: readonly string[]) =>
    parts.recorder.require(session.accountId, {
      kind: "request",
      ...entry,
      ...touchedNames(names),
    });
  return {
    change: write,
    read: write,
    refused(error) {
      const outOfScope =
        error instanceof Refusal && error.reason === Reason.OUT_OF_SCOPE;
      parts.recorder.note(session.accountId, {
        kind: "request-refused",
        ...entry,
        cause: outOfScope ? "out-of-scope" : "not-done",
      });
    },
  };
}

/** Names as an entry of the log holds them: safe to show, bounded, counted. */
export function touchedNames(names: readonly string[]): {
  readonly touched: readonly string[];
  readonly count: number;
} {
  return {
    touched: names
      .slice(0, namesPerEntry)
      .map((name) => makeSafe(name, { maxLength: nameLength })),
    count: names.length,
  };
}
