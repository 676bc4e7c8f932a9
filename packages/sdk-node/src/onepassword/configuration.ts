// SPDX-License-Identifier: Apache-2.0
import type { SessionStatus } from "@assent/sdk-browserless";
import type { NodeClientOptions } from "../client.ts";
import { UnsupportedError } from "./errors.ts";

/** The program's name when none is given. */
export const DEFAULT_INTEGRATION_NAME = "Unknown";
/** The program's version when none is given. */
export const DEFAULT_INTEGRATION_VERSION = "Unknown";

/** Ask the user of this machine for access to an account. */
export class DesktopAuth {
  /** Name or id of the account. One that is not known lets the user pick. */
  accountName: string;

  constructor(accountName: string) {
    this.accountName = accountName;
  }
}

/** How to make a client; what follows after `integrationVersion` is Assent's own. */
export interface ClientConfiguration {
  /** Whom to ask. A service account token throws: there is no such thing here. */
  auth?: string | DesktopAuth;
  /** Up to 64 characters; shown as "not checked". */
  integrationName: string;
  /** Up to 32 characters; shown as "not checked". */
  integrationVersion: string;
  /** There is no such thing here: it throws. */
  oidcFetcher?: (audience: string) => Promise<string>;
  /** There is no such thing here: it throws. */
  workloadDetails?: { customerManagedSecret: string; workloadUuid: string };
  /**
   * What to ask for. Default: reading every vault, and writing when the first
   * change is made.
   */
  scope?: NonNullable<NodeClientOptions["scope"]>;
  /** What for, up to 200 characters; shown as "not checked". */
  purpose?: string;
  /** The broker's socket, as for `createClient` of the SDK itself. */
  endpoint?: string;
  /** Called as access changes, as for `createClient` of the SDK itself. */
  onSession?: (status: SessionStatus) => void;
}

const instead =
  "Assent asks the user: use auth: new DesktopAuth(accountName). Where nobody can answer a prompt, use another source of secrets.";

/**
 * The options of the SDK's own client.
 *
 * @throws UnsupportedError for a way to sign in that does not exist here
 */
export function readConfiguration(
  config: ClientConfiguration,
): NodeClientOptions {
  const { auth, oidcFetcher, workloadDetails } = config;
  if (oidcFetcher !== undefined || workloadDetails !== undefined) {
    throw new UnsupportedError(`There are no workload identities. ${instead}`);
  }
  if (typeof auth === "string") {
    throw new UnsupportedError(
      `There are no service account tokens. ${instead}`,
    );
  }
  // By its shape: a program may still have the other package's class at hand.
  if (typeof auth?.accountName !== "string") {
    throw new UnsupportedError(`There is no auth. ${instead}`);
  }
  const { scope, purpose, endpoint, onSession } = config;
  return {
    account: auth.accountName,
    integrationName: config.integrationName || DEFAULT_INTEGRATION_NAME,
    integrationVersion:
      config.integrationVersion || DEFAULT_INTEGRATION_VERSION,
    ...(scope && { scope }),
    ...(purpose !== undefined && { purpose }),
    ...(endpoint !== undefined && { endpoint }),
    ...(onSession && { onSession }),
  };
}
