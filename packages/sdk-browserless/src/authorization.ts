// SPDX-License-Identifier: Apache-2.0
import {
  AuthorizeRequestSchema,
  BrokerService,
  Interaction,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type CallLimit, createCallLimit } from "./call-limit.ts";
import { AssentError, type ErrorCode } from "./error.ts";
import { type Grant, readGrant } from "./grant.ts";
import type { Ask, Settings } from "./options.ts";
import { scopeMessage } from "./scope.ts";
import { createSession, type SessionStatus } from "./session.ts";
import { createSharedCall, type SharedCall } from "./shared-call.ts";
import type { Timers } from "./timers.ts";
import type { Transport } from "./transport.ts";

/**
 * The access of one client to one account: it asks for it when a call needs
 * it, once for all calls that wait (SDK-006), and does not ask again by itself
 * after a no (SDK-004).
 */
export interface Authorization {
  /** What Requests name: the id that was granted, else as asked for; "" until the user chose. */
  readonly account: string;
  /** The newest grant. It may have ended since: only the broker knows (SDK-009). */
  readonly grant: Grant | undefined;
  /** Counts the grants, so that a late refusal of an earlier one asks nobody. */
  readonly epoch: number;
  /** Have a grant newer than `epoch`. @throws the last refusal, if there was one. */
  renew(epoch: number, limit: CallLimit): Promise<void>;
  /** Ask because the program says so, whatever was refused before. */
  ask(change: Partial<Ask>, limit: CallLimit): Promise<Grant>;
  /** What is asked for when access is needed, and `change` with it. */
  asking(change: Partial<Ask>): Ask;
  /** What calls have shown. */
  readonly status: SessionStatus;
  /** Learn from the failure of a Request that was sent in this epoch. */
  note(error: AssentError, since: number): void;
  /** Give access up; returns the account to revoke, "" if there is none. */
  forget(): string;
}

// After these only the program asks again (SDK-004, VER-004).
const refusals: ReadonlySet<ErrorCode> = new Set([
  "prompt-denied",
  "prompt-timed-out",
  "account-locked",
  "session-revoked",
  "too-many-prompts",
  "not-approved",
  "wrong-account",
]);
const endings: ReadonlySet<ErrorCode> = new Set([
  "account-locked",
  "session-revoked",
]);

/** An Authorize unanswered for this long waits for the user, milliseconds. */
export const waitingMs: number = 200;

export function createAuthorization(
  transport: Transport,
  settings: Settings,
  timers: Timers,
): Authorization {
  const pending = new Map<string, SharedCall<Grant>>();
  const session = createSession(settings.onSession);
  let ask = settings.ask;
  let grant: Grant | undefined;
  let refusal: AssentError | undefined;
  let epoch = 0;
  const account = () => grant?.accountId ?? settings.account;

  async function authorize(
    asked: Ask,
    toldMs: number,
    signal: AbortSignal,
  ): Promise<Grant> {
    const timeoutMs = settings.authorizeTimeoutMs;
    const limit = createCallLimit({ signal, timeoutMs }, timers);
    const begun = timers.now();
    const { scope, inactivityTimeoutMs, purpose } = asked;
    let stopWaiting = () => {};
    const stop = timers.after(waitingMs, () => {
      const info = {
        account: grant?.accountName ?? settings.account,
        scope,
        elapsedMs: Math.round(timers.now() - begun),
      };
      stopWaiting = session.wait(info);
      settings.onWaiting?.(info);
    });
    try {
      const { grant: answer } = await transport.unary(
        BrokerService.method.authorize,
        create(AuthorizeRequestSchema, {
          account: account(),
          scope: scopeMessage(scope),
          ...(inactivityTimeoutMs !== undefined && {
            inactivityTimeout: durationFromMs(inactivityTimeoutMs),
          }),
          ...(settings.integration && { integration: settings.integration }),
          purpose,
          interaction:
            settings.interaction === "never"
              ? Interaction.NEVER
              : Interaction.ALLOW,
        }),
        { signal: limit.signal, timeoutMs: toldMs },
      );
      const given = readGrant(answer);
      checkAccount(given);
      grant = given;
      epoch += 1;
      stopWaiting();
      session.granted(given, scope);
      return given;
    } catch (error) {
      stopWaiting();
      throw refuse(error, toldMs === timeoutMs);
    } finally {
      stop();
      limit.end();
    }
  }

  // Running out of the client's time for an answer is the user's silence;
  // running out of one call's time is that call's own affair.
  function refuse(error: unknown, wholeTime: boolean): unknown {
    if (!(error instanceof AssentError)) return error;
    const silent = wholeTime && error.code === "deadline-exceeded";
    const told = silent ? new AssentError("prompt-timed-out") : error;
    if (refusals.has(told.code)) {
      refusal = told;
      session.refused(told);
    }
    return told;
  }

  // A client speaks for one account in its life: what it did for one user's
  // choice must not go on with another. Who named an id gets that id (T41).
  function checkAccount(given: Grant): void {
    const bound = grant?.accountId ?? settings.accountId;
    if (bound === undefined || given.accountId === bound) return;
    throw new AssentError("wrong-account");
  }

  async function wait(asked: Ask, limit: CallLimit): Promise<Grant> {
    const key = JSON.stringify(asked);
    for (;;) {
      limit.check();
      const call = pending.get(key);
      if (call === undefined || call.ended) {
        return await begin(key, asked, limit).join(limit.signal);
      }
      try {
        return await call.join(limit.signal);
      } catch (error) {
        // The time of whoever began it is over; ours may not be.
        limit.check();
        if (codeOf(error) !== "deadline-exceeded") throw error;
      }
    }
  }

  function begin(key: string, asked: Ask, limit: CallLimit): SharedCall<Grant> {
    const leftMs = limit.remainingMs() ?? Number.POSITIVE_INFINITY;
    const toldMs = Math.min(settings.authorizeTimeoutMs, leftMs);
    const call = createSharedCall(
      (signal) => authorize(asked, toldMs, signal),
      () => {
        if (pending.get(key) === call) pending.delete(key);
      },
    );
    pending.set(key, call);
    return call;
  }

  return {
    get account() {
      return account();
    },
    get grant() {
      return grant;
    },
    get epoch() {
      return epoch;
    },
    async renew(since, limit) {
      if (epoch !== since) return;
      if (refusal !== undefined) throw again(refusal);
      await wait(ask, limit);
    },
    async ask(change, limit) {
      refusal = undefined;
      const asked = { ...ask, ...change };
      const given = await wait(asked, limit);
      ask = asked;
      return given;
    },
    asking: (change) => ({ ...ask, ...change }),
    get status() {
      return session.status;
    },
    note(error, since) {
      if (endings.has(error.code)) refusal = error;
      if (epoch === since) session.failed(error);
    },
    forget() {
      const name = account();
      grant = undefined;
      refusal = new AssentError("session-revoked");
      session.failed(refusal);
      for (const call of pending.values()) call.end(again(refusal));
      return name;
    },
  };
}

function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof AssentError ? error.code : undefined;
}

// A new error, so that the stack is that of the call that gets it.
function again(error: AssentError): AssentError {
  return new AssentError(error.code, error.message, error);
}
