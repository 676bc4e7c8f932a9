// SPDX-License-Identifier: Apache-2.0
import { type Credential, OwnerReason } from "@assent/protocol/owner";
import type {
  Accounts,
  Proof,
  VerifiedCredential,
} from "../account/accounts.ts";
import type { Clock } from "../session/clock.ts";
import { checkSecret } from "./field-limits.ts";
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
  /**
   * The same for what opens something else, such as a backup: `opens` takes
   * ownership of the proof.
   *
   * @throws ConnectError as above
   */
  checkAgainst(
    credential: Credential | undefined,
    trusted: boolean,
    opens: (proof: Proof) => Promise<boolean>,
  ): Promise<void>;
}

const firstDelayMs = 1_000;
const longestDelayMs = 300_000;
/** Wrong tries of trusted surfaces before they have to wait too. */
const freeTries = 5;
/** Tries that wait for the one being checked. */
const mostWaiting = 16;

/** Trusted surfaces and everybody else fail into buckets of their own, so that nobody can lock the owner out. */
export function createCredentialCheck(
  accounts: Accounts,
  clock: Clock,
  recorder: Recorder,
): CredentialCheck {
  const buckets = {
    trusted: createBucket(freeTries, () => clock.bootMs()),
    untrusted: createBucket(0, () => clock.bootMs()),
  };
  async function attempt<T>(
    credential: Credential | undefined,
    trusted: boolean,
    verify: (proof: Proof, account: string) => Promise<T | undefined>,
  ): Promise<T> {
    const proof = proofOf(credential);
    if (credential === undefined || proof === undefined) {
      throw ownerRefusal(OwnerReason.CREDENTIAL_REQUIRED);
    }
    const { account } = credential;
    checkSecret(proof.secret);
    const bucket = trusted ? buckets.trusted : buckets.untrusted;
    try {
      const verified = await bucket.attempt(() => verify(proof, account));
      if (verified !== undefined) return verified;
    } finally {
      proof.secret.fill(0);
    }
    recorder.note(accounts.find(account)?.id, {
      kind: "credential-refused",
      trusted,
    });
    throw ownerRefusal(OwnerReason.WRONG_CREDENTIAL);
  }

  return {
    async check(credential, trusted, signal) {
      const verified = await attempt(credential, trusted, (proof, account) =>
        accounts.verify(account, proof, signal),
      );
      // Nobody waits for what it was given for (WIR-009, WIR-010).
      if (signal.aborted) verified[Symbol.dispose]();
      signal.throwIfAborted();
      return verified;
    },
    async checkAgainst(credential, trusted, opens) {
      await attempt(credential, trusted, async (proof) =>
        (await opens(proof)) ? true : undefined,
      );
    },
  };
}

/** Tries, one after the other: guesses made at once are no way around the delay. */
function createBucket(
  free: number,
  bootMs: () => number,
): {
  attempt<T>(verify: () => Promise<T | undefined>): Promise<T | undefined>;
} {
  let wrong = 0;
  let notBeforeMs = 0;
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const judge = () => {
    const waitMs = notBeforeMs - bootMs();
    if (waitMs > 0) {
      throw ownerRefusal(OwnerReason.RETRY_LATER, { retryAfterMs: waitMs });
    }
  };
  const once = async <T>(verify: () => Promise<T | undefined>) => {
    judge();
    const verified = await verify();
    if (verified !== undefined) {
      wrong = 0;
      return verified;
    }
    wrong += 1;
    const delays = wrong - free;
    if (delays > 0) {
      const delayMs = Math.min(
        firstDelayMs * 2 ** (delays - 1),
        longestDelayMs,
      );
      notBeforeMs = bootMs() + delayMs;
    }
    return undefined;
  };
  return {
    async attempt(verify) {
      judge();
      if (waiting >= mostWaiting) {
        throw ownerRefusal(OwnerReason.RETRY_LATER, {
          retryAfterMs: firstDelayMs,
        });
      }
      waiting += 1;
      const mine = turn.then(() => once(verify));
      turn = mine.catch(() => {});
      return mine.finally(() => {
        waiting -= 1;
      });
    },
  };
}

function proofOf(credential: Credential | undefined): Proof | undefined {
  switch (credential?.proof.case) {
    // Copies: the bytes of a call are zeroed when it ends, cancelled too, and
    // a try must not become another while it waits for its turn.
    case "password":
      return { kind: "password", secret: credential.proof.value.slice() };
    case "recoveryCode":
      return { kind: "recovery-code", secret: credential.proof.value.slice() };
    default:
      return undefined;
  }
}
