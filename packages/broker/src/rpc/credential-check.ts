// SPDX-License-Identifier: Apache-2.0
import { type Credential, OwnerReason } from "@assent/protocol/owner";
import type {
  Accounts,
  Proof,
  VerifiedCredential,
} from "../account/accounts.ts";
import type { Clock } from "../session/clock.ts";
import type { Recorder } from "./recorder.ts";
import { ownerRefusal } from "./refusal.ts";

/** Checks credentials, and slows down who gives wrong ones (T34). */
export interface CredentialCheck {
  /**
   * The credential's bytes are zeroed, right or wrong. Dispose of the result.
   *
   * @throws ConnectError with OWNER_REASON_WRONG_CREDENTIAL, _CREDENTIAL_REQUIRED
   * or _RETRY_LATER
   */
  check(
    credential: Credential | undefined,
    trusted: boolean,
    signal: AbortSignal,
  ): Promise<VerifiedCredential>;
}

const firstDelayMs = 1_000;
const longestDelayMs = 300_000;
/** Wrong tries of trusted surfaces before they have to wait too. */
const freeTries = 5;

/** Trusted surfaces and everybody else fail into buckets of their own, so that nobody can lock the owner out. */
export function createCredentialCheck(
  accounts: Accounts,
  clock: Clock,
  recorder: Recorder,
): CredentialCheck {
  const buckets = {
    trusted: { wrong: 0, free: freeTries, notBeforeMs: 0 },
    untrusted: { wrong: 0, free: 0, notBeforeMs: 0 },
  };
  return {
    async check(credential, trusted, signal) {
      const proof = proofOf(credential);
      if (credential === undefined || proof === undefined) {
        throw ownerRefusal(OwnerReason.CREDENTIAL_REQUIRED);
      }
      const bucket = trusted ? buckets.trusted : buckets.untrusted;
      const waitMs = bucket.notBeforeMs - clock.bootMs();
      if (waitMs > 0) {
        proof.secret.fill(0);
        throw ownerRefusal(OwnerReason.RETRY_LATER, { retryAfterMs: waitMs });
      }
      const verified = await accounts.verify(credential.account, proof, signal);
      if (verified !== undefined) {
        bucket.wrong = 0;
        return verified;
      }
      bucket.wrong += 1;
      const delays = bucket.wrong - bucket.free;
      if (delays > 0) {
        bucket.notBeforeMs =
          clock.bootMs() +
          Math.min(firstDelayMs * 2 ** (delays - 1), longestDelayMs);
      }
      recorder.note(accounts.find(credential.account)?.id, {
        kind: "credential-refused",
        trusted,
      });
      throw ownerRefusal(OwnerReason.WRONG_CREDENTIAL);
    },
  };
}

function proofOf(credential: Credential | undefined): Proof | undefined {
  switch (credential?.proof.case) {
    case "password":
      return { kind: "password", secret: credential.proof.value };
    case "recoveryCode":
      return { kind: "recovery-code", secret: credential.proof.value };
    default:
      return undefined;
  }
}
