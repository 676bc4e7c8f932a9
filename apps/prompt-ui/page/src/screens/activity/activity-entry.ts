// SPDX-License-Identifier: Apache-2.0
import type { ListActivityResponse } from "@assent/protocol/owner";
import { type ActivityOutcome, isDeceptive, makeSafe } from "@assent/wording";
import { timestampMs } from "@bufbuild/protobuf/wkt";

/** An entry of the activity log, as shown; every text is safe. */
export interface ActivityEntry {
  readonly sequence: bigint;
  readonly atMs: number;
  /** The whole of it as a sentence. */
  readonly text: string;
  readonly kind: string;
  readonly outcome: ActivityOutcome;
  /** The program it is about, if it is about one. */
  readonly program: ActivityProgram | undefined;
  /** The event as it was told, for the export. */
  readonly event: unknown;
}

/** A program of the log. */
export interface ActivityProgram {
  readonly name: string;
  /** Empty: not known. */
  readonly path: string;
  readonly isDeceptive: boolean;
}

/** Read an entry. One that this version does not know is shown by its sentence. */
export function readEntry(told: ListActivityResponse): ActivityEntry {
  const event = parse(told.eventJson);
  const kind = textOf(event, "kind") ?? "";
  return {
    sequence: told.sequence,
    atMs: told.at === undefined ? 0 : timestampMs(told.at),
    text: makeSafe(told.text),
    kind,
    outcome: outcomeOf(kind, textOf(event, "cause")),
    program: programOf(event),
    event,
  };
}

/** What programs are filtered by: the file, or the name where no file is known. */
export function programKey({ path, name }: ActivityProgram): string {
  return path === "" ? name : path;
}

const outcomes: Readonly<Record<string, ActivityOutcome>> = {
  "prompt-created": "asked",
  "prompt-shown": "asked",
  granted: "approved",
  "prompt-denied": "denied",
  muted: "denied",
  "prompt-refused": "refused",
  "request-refused": "refused",
  request: "used",
  "owner-operation": "used",
  authenticated: "used",
  "session-ended": "ended",
  "credential-refused": "warning",
  "mark-missing": "warning",
  "backups-left": "warning",
};

function outcomeOf(kind: string, cause: string | undefined): ActivityOutcome {
  if (kind === "prompt-ended") {
    return cause === "timed-out" ? "expired" : "ended";
  }
  if (kind === "request" && cause !== undefined) return "refused";
  return Object.hasOwn(outcomes, kind)
    ? (outcomes[kind] ?? "changed")
    : "changed";
}

function programOf(event: object): ActivityProgram | undefined {
  const process: unknown = Reflect.get(event, "process");
  const name =
    typeof process === "object" && process !== null
      ? textOf(process, "name")
      : textOf(event, "process");
  if (name === undefined) return undefined;
  const path =
    typeof process === "object" && process !== null
      ? (textOf(process, "path") ?? "")
      : "";
  return {
    name: makeSafe(name),
    path: makeSafe(path),
    isDeceptive: isDeceptive(name) || isDeceptive(path),
  };
}

function parse(json: string): object {
  try {
    const event: unknown = JSON.parse(json);
    return typeof event === "object" && event !== null ? event : {};
  } catch {
    return {};
  }
}

function textOf(from: object, key: string): string | undefined {
  const value: unknown = Reflect.get(from, key);
  return typeof value === "string" && value !== "" ? value : undefined;
}
