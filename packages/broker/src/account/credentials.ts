// SPDX-License-Identifier: Apache-2.0
import type { Secret } from "../crypto/secret.ts";
import type { SlotRow } from "../vault/native-rows.ts";
import type { VerifiedCredential } from "./accounts.ts";

/** What a verified credential stands for; known to the accounts alone. */
export interface CredentialContent {
  readonly accountKey: Secret;
  /** The slot that it opened. */
  readonly slot: Pick<SlotRow, "id" | "kind">;
}

/** Hands out credentials that tell nothing, and knows what is behind them. */
export interface Credentials {
  /** Takes ownership of the account key. */
  issue(
    accountId: string,
    generation: number,
    content: CredentialContent,
  ): VerifiedCredential;
  /** Undefined: disposed of, or not one of these. */
  content(credential: VerifiedCredential): CredentialContent | undefined;
}

/** The account key is not a property of the credential, so nothing can print it. */
export function createCredentials(): Credentials {
  const contents = new WeakMap<VerifiedCredential, CredentialContent>();
  return {
    issue(accountId, generation, content) {
      const credential: VerifiedCredential = {
        accountId,
        generation,
        [Symbol.dispose]() {
          content.accountKey[Symbol.dispose]();
          contents.delete(credential);
        },
      };
      contents.set(credential, content);
      return Object.freeze(credential);
    },
    content: (credential) => contents.get(credential),
  };
}
