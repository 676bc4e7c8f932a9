// SPDX-License-Identifier: Apache-2.0
import type { Accounts } from "../account/accounts.ts";
import type { ActivityLog } from "../activity/activity.ts";
import type { Peer } from "../peer/peer.ts";
import type { Approvals } from "../prompt/approvals.ts";
import type { BackOff } from "../prompt/back-off.ts";
import type { Mutes } from "../prompt/mutes.ts";
import type { Prompts } from "../prompt/prompts.ts";
import type { SeenExecutables } from "../prompt/seen-executables.ts";
import type { Clock } from "../session/clock.ts";
import type { Grant, Session, Sessions } from "../session/sessions.ts";
import type { SettingsFile } from "../settings/settings.ts";
import type { CredentialCheck } from "./credential-check.ts";
import type { FaultReport } from "./fault.ts";
import type { Flights } from "./flight.ts";
import type { AtGate } from "./gate.ts";
import type { IntegrationSwitch } from "./integration.ts";
import type { MuteFacts } from "./mute.ts";
import type { ProcessCards } from "./process-card.ts";
import type { Recorder } from "./recorder.ts";
import type { AskedScope } from "./scope-terms.ts";
import type { Surfaces } from "./surfaces.ts";
import type { Unlocks } from "./unlocks.ts";
import type { Uploads } from "./uploads.ts";

/** What the user said yes to, as it took effect. */
export interface Granted {
  readonly session: Session;
  readonly grant: Grant;
}

/** What BeginApproval fixed. */
export interface Terms {
  readonly accountId: string;
  readonly asked: AskedScope;
  readonly inactivityMs: number;
}

/** What the prompts of a process were asked with; the approval is within it. */
export interface PromptTerms {
  readonly peer: Peer;
  readonly asked: AskedScope;
  readonly inactivityMs: number;
}

/** The parts of the broker that the services join. */
export interface BrokerParts {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly prompts: Prompts<Granted>;
  readonly backOff: BackOff<Peer>;
  readonly mutes: Mutes<Peer, MuteFacts>;
  readonly surfaces: Surfaces;
  readonly approvals: Approvals<Terms>;
  /** By prompt question: what was asked. */
  readonly terms: WeakMap<object, PromptTerms>;
  readonly flights: Flights;
  readonly recorder: Recorder;
  readonly settings: SettingsFile;
  readonly cards: ProcessCards;
  readonly seen: SeenExecutables;
  readonly credentials: CredentialCheck;
  /** Who unlocked each account, and so when it locks again. */
  readonly unlocks: Unlocks;
  /** Files that programs and the owner send in parts. */
  readonly uploads: Uploads;
  /** What happens without an account. */
  readonly brokerLog: ActivityLog;
  /** The log of an account, also of a locked one. */
  readonly logOf: (accountId: string) => ActivityLog | undefined;
  /** Close and delete the log of an account that is being removed. */
  readonly removeLog: (accountId: string) => void;
  readonly integration: IntegrationSwitch;
  /** An error nobody foresaw: told to whoever runs the broker. */
  readonly onFault: FaultReport;
  readonly version: string;
  /** For tests alone. */
  readonly at?: AtGate | undefined;
}
