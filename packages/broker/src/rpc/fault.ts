// SPDX-License-Identifier: Apache-2.0
import type { ConnectError, HandlerContext } from "@connectrpc/connect";
import type { Log } from "../log/log.ts";
import { kFlight } from "./gateway.ts";
import type { RefusalReport } from "./refusal-line.ts";

/** Told of an error that nobody foresaw. */
export type FaultReport = (error: unknown) => void;

/**
 * One line for whoever runs the broker: what kind of error, and where in our
 * code. Its message is left out, since nobody knows what it holds (LEAK-004).
 */
export function createFaultReport(log: Log): FaultReport {
  return (error) => {
    if (!(error instanceof Error)) return log.error("fault");
    const { name: kind, message, stack = "" } = error;
    // The message stands at the head of the stack, and may look like it.
    const calls = stack.slice(stack.indexOf(message) + message.length);
    const where = [...calls.matchAll(place)]
      .slice(0, 4)
      .map(([, file]) => file)
      .join(" ");
    log.error("fault", { kind, where });
  };
}

/** A file of a package with line and column, or a part of Node. */
const place =
  /^ +at .*?((?:packages|node_modules)\/[\w@./-]+:\d+|node:[\w/]+):\d+\)?$/gm;

/** The same methods, unary and streaming, failing as `translate` says; `onRefused` is told. */
export function translating<T extends object>(
  implementation: T,
  translate: (error: unknown) => ConnectError,
  onRefused: RefusalReport,
): T {
  type Rethrow = (error: unknown) => never;
  async function* translated(answers: AsyncIterable<unknown>, fail: Rethrow) {
    try {
      yield* answers;
    } catch (error) {
      fail(error);
    }
  }
  const wrapped: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(implementation)) {
    wrapped[name] = (request: object, context: HandlerContext) => {
      const rethrow: Rethrow = (error) => {
        const failure = translate(error);
        const { pid } = context.values.get(kFlight)?.connection.peer ?? {};
        onRefused(pid, name, failure);
        throw failure;
      };
      try {
        const answer = method(request, context);
        return Symbol.asyncIterator in Object(answer)
          ? translated(answer, rethrow)
          : Promise.resolve(answer).catch(rethrow);
      } catch (error) {
        return rethrow(error);
      }
    };
  }
  return wrapped as T;
}
