// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { AssentError } from "./error.ts";
import { type Scope, scopeMessage } from "./scope.ts";
import type { SessionStatus } from "./session.ts";
import { longestMs } from "./timers.ts";

/** What is told while the user is being asked. */
export interface WaitingInfo {
  /** The account, as far as this client knows its name; "" when the user picks one. */
  readonly account: string;
  /** What is asked for. */
  readonly scope: Scope;
  /** Milliseconds since it was asked. */
  readonly elapsedMs: number;
}

/** How a client behaves, whatever carries its calls. */
export interface ClientOptions {
  /**
   * The account, by name or id. Default: the user picks one in the prompt. An
   * id (26 characters, or given as `{ id }`) gets that account or none; a name
   * that the broker does not know lets the user pick.
   */
  readonly account?: string | { readonly id: string };
  /** What to ask for when access is needed. Default: reading every vault. */
  readonly scope?: Scope;
  /** The program's name, up to 64 characters; shown as "not checked". */
  readonly integrationName?: string;
  /** The program's version, up to 32 characters; shown as "not checked". */
  readonly integrationVersion?: string;
  /** What for, up to 200 characters; shown as "not checked". */
  readonly purpose?: string;
  /** Ask for access that ends sooner than after ten unused minutes; at least 1,000. */
  readonly inactivityTimeoutMs?: number;
  /** How long the broker may take for one request. Default: 30,000. */
  readonly requestTimeoutMs?: number;
  /**
   * How long to wait for the user. Default: 130,000, a little more than a
   * prompt lives. When it runs out, that is `prompt-timed-out`.
   */
  readonly authorizeTimeoutMs?: number;
  /** `never`: fail with `authorization-required` instead of asking. Default: `allow`. */
  readonly interaction?: "allow" | "never";
  /**
   * Called when the broker has not answered an Authorize within 200 ms: an
   * access that exists is told at once, so the user is being asked. Once for
   * each Authorize, from a timer; what it throws is not caught.
   */
  readonly onWaiting?: (info: WaitingInfo) => void;
  /**
   * Called whenever a call shows that something changed: the user is being
   * asked, has granted what was asked or less, or said no; access expired, or
   * ended by a lock or a revocation. `client.status` has the same. What it
   * throws is reported as an error that nobody caught.
   */
  readonly onSession?: (status: SessionStatus) => void;
}

/** What one Authorize asks for, besides what holds for the whole client. */
export interface Ask {
  readonly scope: Scope;
  readonly purpose: string;
  readonly inactivityTimeoutMs: number | undefined;
}

/** Options that were checked, with their defaults. */
export interface Settings {
  /** As asked for; "": the user picks. */
  readonly account: string;
  /** Set when an id was asked for: no other account will do. */
  readonly accountId: string | undefined;
  readonly ask: Ask;
  readonly interaction: "allow" | "never";
  readonly requestTimeoutMs: number;
  readonly authorizeTimeoutMs: number;
  readonly onWaiting: ((info: WaitingInfo) => void) | undefined;
  readonly onSession: ((status: SessionStatus) => void) | undefined;
  /** What the program calls itself, in each AuthorizeRequest. */
  readonly integration:
    | { readonly name: string; readonly version: string }
    | undefined;
}

const idPattern = /^[a-z2-7]{26}$/;

/** @throws AssentError "invalid" that names the option */
export function readOptions(options: ClientOptions): Settings {
  const {
    account = "",
    scope = {},
    interaction = "allow",
    inactivityTimeoutMs,
    requestTimeoutMs = 30_000,
    authorizeTimeoutMs = limits.promptMs + 10_000,
    integrationName = "",
    integrationVersion = "",
    purpose = "",
    onWaiting,
    onSession,
  } = options;
  const asked = typeof account === "string" ? account : account.id;
  if (typeof account !== "string" && asked === "") {
    throw invalid("account.id is empty");
  }
  checkText("account", asked, limits.accountLength);
  checkText("integrationName", integrationName, limits.integrationNameLength);
  checkText(
    "integrationVersion",
    integrationVersion,
    limits.integrationVersionLength,
  );
  checkMs("requestTimeoutMs", requestTimeoutMs, 1);
  checkMs("authorizeTimeoutMs", authorizeTimeoutMs, 1);
  if (interaction !== "allow" && interaction !== "never") {
    throw invalid("interaction is allow or never");
  }
  const ask = { scope, purpose, inactivityTimeoutMs };
  checkAsk(ask);
  return {
    account: asked,
    accountId:
      typeof account !== "string" || idPattern.test(asked) ? asked : undefined,
    ask,
    interaction,
    requestTimeoutMs,
    authorizeTimeoutMs,
    onWaiting,
    onSession,
    integration:
      integrationName || integrationVersion
        ? { name: integrationName, version: integrationVersion }
        : undefined,
  };
}

/** @throws AssentError "invalid" where a broker would refuse it */
export function checkAsk({ scope, purpose, inactivityTimeoutMs }: Ask): void {
  checkText("purpose", purpose, limits.purposeLength);
  if (inactivityTimeoutMs !== undefined) {
    checkMs("inactivityTimeoutMs", inactivityTimeoutMs, limits.inactivityMinMs);
  }
  scopeMessage(scope);
}

/** @throws AssentError "invalid" unless `ms` is a whole number of milliseconds that a timer can wait */
export function checkMs(name: string, ms: number, least: number): void {
  if (Number.isInteger(ms) && ms >= least && ms <= longestMs) return;
  throw invalid(
    `${name} is a whole number of milliseconds, ${least} to ${longestMs}`,
  );
}

function checkText(name: string, text: string, most: number): void {
  if (typeof text === "string" && text.length <= most) return;
  throw invalid(`${name} is a text of at most ${most} characters`);
}

function invalid(rule: string): AssentError {
  return new AssentError("invalid", `Not an option of the client: ${rule}.`);
}
