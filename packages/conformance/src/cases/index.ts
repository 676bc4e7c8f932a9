// SPDX-License-Identifier: Apache-2.0
import type { Case, Cases, Pending } from "../case/case.ts";
import { channelCases } from "./channel.ts";
import { expiryCases } from "./expiry.ts";
import { expiryClockCases } from "./expiry-clock.ts";
import { expiryUseCases } from "./expiry-use.ts";
import { leakCases } from "./leak.ts";
import { leakAccountCases } from "./leak-accounts.ts";
import { leakFaultCases } from "./leak-faults.ts";
import { lockCases } from "./lock.ts";
import { processBinaryCases } from "./process-binary.ts";
import { processDescriptorCases } from "./process-descriptor.ts";
import { processExecCases } from "./process-exec.ts";
import { processIdentityCases } from "./process-identity.ts";
import { processPidReuseCases } from "./process-pid-reuse.ts";
import { processSystemCases } from "./process-system.ts";
import { hostileCases } from "./prompt-hostile.ts";
import { limitCases } from "./prompt-limits.ts";
import { promptPidReuseCases } from "./prompt-pid-reuse.ts";
import { shownCases } from "./prompt-shown.ts";
import { waitingCases } from "./prompt-waiting.ts";
import { releaseCases } from "./release.ts";
import { revokeCases } from "./revoke.ts";
import { sessionCases } from "./session.ts";
import { accountCases } from "./session-account.ts";
import { badScopeCases, unknownScopeCases } from "./session-bad-scope.ts";
import { credentialCases } from "./session-credential.ts";
import { scopeCases } from "./session-scope.ts";
import { widenCases } from "./session-widen.ts";
import { versionCases } from "./version.ts";
import { concurrencyCases } from "./wire-concurrency.ts";
import { wireCutOffCases } from "./wire-cut-off.ts";
import { wireFlavourCases } from "./wire-flavour.ts";
import { wireFloodCases } from "./wire-flood.ts";
import { wireLimitCases } from "./wire-limit.ts";
import { wireLoadCases } from "./wire-load.ts";
import { wireMessageCases } from "./wire-message.ts";
import { wireTimeCases } from "./wire-time.ts";

const groups: Readonly<Record<string, Cases>> = {
  session: {
    ...sessionCases,
    ...accountCases,
    ...badScopeCases,
    ...credentialCases,
    ...scopeCases,
    ...widenCases,
  },
  leak: { ...leakCases, ...leakAccountCases, ...leakFaultCases },
  prompt: {
    ...shownCases,
    ...hostileCases,
    ...waitingCases,
    ...limitCases,
    ...unknownScopeCases,
    ...promptPidReuseCases,
  },
  expiry: { ...expiryCases, ...expiryClockCases, ...expiryUseCases },
  lock: lockCases,
  revoke: revokeCases,
  process: {
    ...processIdentityCases,
    ...processPidReuseCases,
    ...processExecCases,
    ...processDescriptorCases,
    ...processBinaryCases,
    ...processSystemCases,
  },
  channel: channelCases,
  release: releaseCases,
  version: versionCases,
  wire: {
    ...concurrencyCases,
    ...wireMessageCases,
    ...wireLimitCases,
    ...wireCutOffCases,
    ...wireFloodCases,
    ...wireTimeCases,
    ...wireFlavourCases,
    ...wireLoadCases,
  },
};

/** Every case that is built, by its full name. */
export const brokerCases: ReadonlyMap<string, Case | Pending> = new Map(
  Object.entries(groups).flatMap(([group, cases]) =>
    Object.entries(cases).map(([name, one]) => [`${group}/${name}`, one]),
  ),
);
