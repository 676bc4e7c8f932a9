// SPDX-License-Identifier: Apache-2.0
import {
  BrokerService,
  limits,
  type Operation,
  RequestRequestSchema,
  type Result,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { Authorization } from "./authorization.ts";
import type { CallLimit, CallOptions } from "./call-limit.ts";
import { AssentError, type ErrorCode } from "./error.ts";
import { createGate } from "./gate.ts";
import type { OpenCalls } from "./open-calls.ts";
import type { Timers } from "./timers.ts";
import type { Transport } from "./transport.ts";

type ResultCase = Exclude<Result["result"]["case"], undefined>;
type ResultValue<C extends ResultCase> = Extract<
  Result["result"],
  { case: C }
>["value"];

/** Whether an operation changes what is stored. */
export type Effect = "reads" | "changes";

/**
 * Carry out one operation, with access that is asked for when it is missing:
 * at most one Authorize and one repetition (SDK-003).
 *
 * @throws AssentError
 */
export type Request = <C extends ResultCase>(
  effect: Effect,
  operation: Operation["operation"],
  expected: C,
) => Promise<ResultValue<C>>;

/** Carries out what one call of the program needs, within that call's limits. */
export type Requester = <T>(
  options: CallOptions | undefined,
  call: (request: Request) => Promise<T>,
) => Promise<T>;

/** The parts of a client that a request goes through. */
export interface RequesterParts {
  readonly transport: Transport;
  readonly authorization: Authorization;
  readonly calls: OpenCalls;
  readonly timers: Timers;
  readonly requestTimeoutMs: number;
}

/** A process may have 256 calls under way, and more clients than this one. */
const requestsAtOnce = limits.callsPerProcess / 2;

// With these the broker said that it did nothing, and that Authorize helps.
const renewable: ReadonlySet<ErrorCode> = new Set([
  "authorization-required",
  "session-expired",
  "process-changed",
]);

export function createRequester(parts: RequesterParts): Requester {
  const { transport, authorization, calls, timers, requestTimeoutMs } = parts;
  const gate = createGate(requestsAtOnce);

  async function send(
    effect: Effect,
    operation: Operation["operation"],
    limit: CallLimit,
  ): Promise<Result["result"]> {
    limit.check();
    const { epoch } = authorization;
    const turn = gate.enter(limit.signal);
    if (turn !== undefined) await turn;
    const stop = timers.after(requestTimeoutMs, () =>
      limit.abort(new AssentError("deadline-exceeded")),
    );
    const leftMs = limit.remainingMs() ?? requestTimeoutMs;
    try {
      const { result } = await transport.unary(
        BrokerService.method.request,
        create(RequestRequestSchema, {
          account: authorization.account,
          operation: { operation },
        }),
        {
          signal: limit.signal,
          timeoutMs: Math.min(requestTimeoutMs, leftMs),
        },
      );
      return result?.result ?? { case: undefined };
    } catch (error) {
      if (!(error instanceof AssentError)) throw error;
      authorization.note(error, epoch);
      if (error.code === "process-changed") transport.reconnect?.();
      throw effect === "changes" ? changeError(error, limit) : error;
    } finally {
      gate.leave();
      stop();
    }
  }

  async function perform(
    effect: Effect,
    operation: Operation["operation"],
    limit: CallLimit,
  ): Promise<Result["result"]> {
    const { account, epoch } = authorization;
    if (account !== "") {
      try {
        return await send(effect, operation, limit);
      } catch (error) {
        if (!(error instanceof AssentError)) throw error;
        if (!renewable.has(error.code)) throw error;
      }
    }
    await authorization.renew(epoch, limit);
    return send(effect, operation, limit);
  }

  return (options = {}, call) =>
    calls.run(options, (limit) =>
      call(async (effect, operation, expected) => {
        const result = await perform(effect, operation, limit);
        if (result.case === expected) return result.value as never;
        throw new AssentError("malformed-answer", undefined, {
          outcomeUnknown: effect === "changes",
        });
      }),
    );
}

// A change that was sent and not answered may have happened (SDK-002).
function changeError(error: AssentError, limit: CallLimit): AssentError {
  const outcomeUnknown = error.outcomeUnknown || limit.signal.aborted;
  if (!outcomeUnknown) return error;
  const lost = error.code === "unavailable";
  return new AssentError(
    lost ? "outcome-unknown" : error.code,
    lost ? undefined : error.message,
    { connectCode: error.connectCode, outcomeUnknown },
  );
}
