// SPDX-License-Identifier: Apache-2.0
import type { ConnectError } from "@connectrpc/connect";

/** Told of an error that nobody foresaw. */
export type FaultReport = (error: unknown) => void;

/**
 * One line for whoever runs the broker: what kind of error, and where in our
 * code. Its message is left out, since nobody knows what it holds (LEAK-004).
 */
export function createFaultReport(log: (line: string) => void): FaultReport {
  return (error) => {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    const where = stack
      .split("\n")
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 4)
      .map((line) =>
        line
          .trim()
          .replace(/\(?file:\/\/.*\/(packages|node_modules)\//, "($1/"),
      );
    const kind = error instanceof Error ? error.name : typeof error;
    log(`a fault in the broker: ${kind} ${where.join(" ")}`);
  };
}

/** The same methods, unary and streaming, failing as `translate` says. */
export function translating<T extends object>(
  implementation: T,
  translate: (error: unknown) => ConnectError,
): T {
  const rethrow = (error: unknown): never => {
    throw translate(error);
  };
  async function* translated(answers: AsyncIterable<unknown>) {
    try {
      yield* answers;
    } catch (error) {
      rethrow(error);
    }
  }
  const wrapped: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(implementation)) {
    wrapped[name] = (request: object, context: object) => {
      try {
        const answer = method(request, context);
        return Symbol.asyncIterator in Object(answer)
          ? translated(answer)
          : Promise.resolve(answer).catch(rethrow);
      } catch (error) {
        return rethrow(error);
      }
    };
  }
  return wrapped as T;
}
