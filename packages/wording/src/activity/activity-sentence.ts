// SPDX-License-Identifier: Apache-2.0
import { durationText } from "../duration.ts";
import { count, inARow } from "../plural.ts";
import { makeSafe } from "../safe/make-safe.ts";
import { promptCauseText, requestCauseText, sessionEndText } from "./cause.ts";

/**
 * What an entry of the activity log holds: its kind, and plain JSON values.
 * Read here, each if present: `process` (a name, or an object that has one),
 * `account`, `touched` (a list of names) or `vault` and `item`, `operation` (as
 * the schema names it), `count`, `cause`, `surface`, `method`, `by`, `repeated`.
 */
export interface ActivityRecord {
  readonly kind: string;
  readonly [detail: string]: unknown;
}

/**
 * An entry of the activity log as a sentence, safe to show. A kind that this
 * version does not know is told by its name; nothing throws.
 */
export function activitySentence(event: ActivityRecord): string {
  const { repeated } = event as { repeated?: unknown };
  const told = tell(event);
  return typeof repeated === "number" && repeated >= 1
    ? `${told.slice(0, -1)}, ${count(repeated, "more time")} within a minute.`
    : told;
}

function tell(event: ActivityRecord): string {
  const who = processName(event) ?? "A program";
  const whom = processName(event) ?? "a program";
  const named = detail(event, "account");
  const account = named ?? "this account";
  const subject = named ?? "This account";
  const cause = detail(event, "cause");
  switch (event.kind) {
    case "prompt-created":
      return `${who} asked to use ${account}.`;
    case "prompt-shown":
      return `The request of ${whom} was shown${on(event)}.`;
    case "prompt-denied":
      return `${who} was denied the use of ${account}${by(event)}${on(event)}.`;
    case "prompt-ended":
      return cause === undefined
        ? `The request of ${whom} for ${account} ended.`
        : `The request of ${whom} for ${account} ended: ${promptCauseText(cause)}.`;
    case "prompt-refused":
      return cause === "muted"
        ? `${who} was refused without asking you: you muted it.`
        : `${who} was refused without asking you: too many requests.`;
    case "granted":
      return `You let ${whom} use ${account}${by(event)}${on(event)}.`;
    case "request":
      return requestSentence(event, who, account);
    case "request-refused":
      return cause === "out-of-scope"
        ? `${who} was refused what you did not let it do, in ${account}.`
        : `A request of ${whom}, in ${account}, was not done.`;
    case "owner-operation":
      return `${operationText(event, "You") ?? "You used your items"}.`;
    case "session-ended":
      return cause === undefined
        ? `The access of ${whom} to ${account} ended.`
        : `The access of ${whom} to ${account} ended because ${sessionEndText(cause)}.`;
    case "account-locked":
      return `${subject} ${lockText(event)}.`;
    case "account-unlocked":
      return `${subject} was unlocked${by(event)}.`;
    case "account-created":
      return `${subject} was created.`;
    case "account-renamed":
      return `The account is called ${account} now.`;
    case "account-removed":
      return `${subject} was removed.`;
    case "password-changed":
      return `The password of ${account} was changed.`;
    case "slot-added":
      return `A way to unlock ${account} was added.`;
    case "slot-removed":
      return `A way to unlock ${account} was removed.`;
    case "account-copied":
      return `A backup of ${account} was made.`;
    case "account-restored":
      return `A backup was put in the place of ${account}.`;
    case "mark-missing":
      return `Nothing told whether the file of ${account} is its newest: it was copied here alone, or its mark was removed.`;
    case "backups-left":
      return `Backups of ${account} that an old password opens could not be deleted.`;
    case "credential-refused":
      return `A wrong password was given for ${account}${on(event)}.`;
    case "authenticated":
      return `The password of ${account} was given, to look after it.`;
    case "muted":
      return mutedSentence(event, whom);
    case "unmuted":
      return `${who} may ask again: the mute was undone${on(event)}${by(event)}.`;
    case "integration-on":
      return "The integration was turned on: programs can ask for access.";
    case "integration-off":
      return "The integration was turned off: all access ended.";
    case "omitted":
      return `More entries of one kind (${detail(event, "of") ?? "other"}) than are kept were left out: ${numberOf(event) ?? "some"}.`;
    case "pruned":
      return "Entries that were too old were dropped.";
    case "settings-changed":
      return "The settings were changed.";
    default:
      return `Something that this version cannot tell: ${makeSafe(String(event.kind), { maxLength: 64 })}.`;
  }
}

function mutedSentence(event: ActivityRecord, whom: string): string {
  const { seconds } = event as { seconds?: unknown };
  const time =
    typeof seconds === "number" && seconds > 0
      ? ` for ${durationText(seconds * 1000)}`
      : "";
  const reach =
    detail(event, "reach") === "executable" ? ", whoever starts it," : "";
  return `You muted ${whom}${time === "" ? "" : reach + time}${on(event)}${by(event)}.`;
}

const operations: Readonly<
  Record<string, (things: string, where: string) => string>
> = {
  resolveSecrets: (things, where) => `read ${things}${where}`,
  listVaults: () => "listed vaults",
  putVault: (_, where) => `created or changed a vault${where}`,
  deleteVault: (_, where) => `deleted a vault${where}`,
  listItems: (_, where) => `listed items${where}`,
  getItems: (things, where) => `read ${things}${where}`,
  putItems: (things, where) => `wrote ${things}${where}`,
  removeItems: (things, where) => `removed ${things}${where}`,
  readFile: (_, where) => `read a file${where}`,
  putFile: (_, where) => `sent a file${where}`,
  deleteFile: (_, where) => `removed a file${where}`,
};

function requestSentence(
  event: ActivityRecord,
  who: string,
  account: string,
): string {
  const outcome = detail(event, "cause");
  const failed =
    outcome === undefined ? "" : `, which failed: ${requestCauseText(outcome)}`;
  const done = operationText(event, who);
  return done === undefined
    ? `${who} used ${account}${failed}.`
    : `${done}, in ${account}${failed}.`;
}

// Undefined: an operation that this version does not know.
function operationText(event: ActivityRecord, who: string): string | undefined {
  const operation = (detail(event, "operation") ?? "").replace(
    /[-_]([a-z])/g,
    (_, letter: string) => letter.toUpperCase(),
  );
  if (!Object.hasOwn(operations, operation)) return undefined;
  const noun = operation === "resolveSecrets" ? "secret" : "item";
  const number = numberOf(event);
  const things = number === undefined ? `${noun}s` : count(number, noun);
  const place = touchedNames(event) ?? vaultAndItem(event);
  const where = place === undefined ? "" : ` (${place})`;
  return `${who} ${operations[operation]?.(things, where)}`;
}

function touchedNames(event: ActivityRecord): string | undefined {
  const touched = event["touched"];
  if (!Array.isArray(touched)) return undefined;
  const names = touched
    .filter((name) => typeof name === "string" && name !== "")
    .map((name: string) => makeSafe(name, { maxLength: 64 }));
  return names.length === 0 ? undefined : inARow(names);
}

function vaultAndItem(event: ActivityRecord): string | undefined {
  const names = [detail(event, "vault"), detail(event, "item")].filter(
    (name) => name !== undefined,
  );
  return names.length === 0 ? undefined : names.join(" › ");
}

function numberOf(event: ActivityRecord): number | undefined {
  const number = event["count"];
  return typeof number === "number" && Number.isFinite(number)
    ? number
    : undefined;
}

function on(event: ActivityRecord): string {
  const surface = detail(event, "surface");
  if (surface === undefined) return "";
  if (surface === "web") return " in the browser";
  if (surface === "terminal") return " in a terminal";
  return ` on ${surface}`;
}

function by(event: ActivityRecord): string {
  const method = detail(event, "method");
  if (method !== undefined) return ` (${method.replaceAll("-", " ")})`;
  const who = detail(event, "by");
  return who === undefined ? "" : ` by ${who}`;
}

function processName(event: ActivityRecord): string | undefined {
  const { process } = event as { process?: unknown };
  return typeof process === "object" && process !== null
    ? detail(process, "name")
    : detail(event, "process");
}

function detail(event: object, key: string): string | undefined {
  const value: unknown = Reflect.get(event, key);
  if (typeof value !== "string" || value === "") return undefined;
  return makeSafe(value, { maxLength: 256 });
}

function lockText(event: ActivityRecord): string {
  switch (detail(event, "by")) {
    case "idle":
      return "locked itself: nothing used it any more";
    case "screen-locked":
      return "locked itself: the screen was locked";
    case "going-to-sleep":
      return "locked itself: the machine went to sleep";
    default:
      return `was locked${by(event)}`;
  }
}
