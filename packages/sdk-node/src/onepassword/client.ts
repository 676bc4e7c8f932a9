// SPDX-License-Identifier: Apache-2.0
import type { AssentClient, Scope } from "@assent/sdk-browserless";
import { createClient as createOwnClient } from "../client.ts";
import {
  type ClientConfiguration,
  readConfiguration,
} from "./configuration.ts";
import { createEnvironments, type EnvironmentsApi } from "./environments.ts";
import { createItems, type ItemsApi } from "./items.ts";
import { Secrets, type SecretsApi } from "./secrets.ts";
import { type GroupsApi, groups } from "./unsupported.ts";
import { createVaults, type VaultsApi } from "./vaults.ts";
import { createWriteAccess } from "./write-access.ts";

/** A client in the shape of @1password/sdk, over one of the SDK's own. */
export class Client {
  secrets: SecretsApi;
  items: ItemsApi;
  vaults: VaultsApi;
  environments: EnvironmentsApi;
  groups: GroupsApi;

  /** `scope` is what is asked for when the first change is made, with writing. */
  constructor(client: AssentClient, scope?: Scope) {
    const needWriteAccess = createWriteAccess(client, scope);
    this.secrets = new Secrets(client);
    this.items = createItems(client, needWriteAccess);
    this.vaults = createVaults(client, needWriteAccess);
    this.environments = createEnvironments(client);
    this.groups = groups;
  }
}

/**
 * Create a client. Nobody is asked before its first call: reading asks for
 * reading, and the first change asks for writing. It needs no closing, and does
 * not keep the program alive.
 *
 * @throws UnsupportedError for a way to sign in that does not exist here
 * @throws AssentError "invalid" for options that break a rule
 */
export async function createClient(
  config: ClientConfiguration,
): Promise<Client> {
  return new Client(createOwnClient(readConfiguration(config)), config.scope);
}
