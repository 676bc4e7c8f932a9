// SPDX-License-Identifier: Apache-2.0
import type { ConnectError } from "@connectrpc/connect";
import type { Connection } from "../channel/connection.ts";

/** A call on its way, from its first header until its answer has left. */
export class Flight {
  readonly connection: Connection;
  /** Set when the answer will hold data of this account. */
  accountId: string | undefined;
  /**
   * Judged in the same step in which the first byte of the answer is written:
   * whatever it returns is answered instead (LCK-002, PRC-012).
   */
  release: (() => ConnectError | undefined) | undefined;
  /** The first byte was written. */
  writing = false;
  readonly #cleanups: (() => void)[] = [];

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Run when the answer has left, or never will: zeroes what it held. */
  defer(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** The answer has left, or never will. */
  end(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }
}

/** All calls on their way. */
export class Flights {
  readonly #flights = new Set<Flight>();
  readonly #perProcess = new Map<number, number>();

  /** Undefined: the process has as many calls in flight as it may (WIR-011). */
  begin(connection: Connection, limit: number): Flight | undefined {
    const { number } = connection.peer;
    const count = this.#perProcess.get(number) ?? 0;
    if (count >= limit) return undefined;
    this.#perProcess.set(number, count + 1);
    const flight = new Flight(connection);
    this.#flights.add(flight);
    return flight;
  }

  /** How many there are. */
  get size(): number {
    return this.#flights.size;
  }

  /** Whether any answer has begun and not left. */
  get isWriting(): boolean {
    return [...this.#flights].some((flight) => flight.writing);
  }

  /** The call is over. */
  end(flight: Flight): void {
    if (!this.#flights.delete(flight)) return;
    const { number } = flight.connection.peer;
    const count = (this.#perProcess.get(number) ?? 1) - 1;
    if (count === 0) this.#perProcess.delete(number);
    else this.#perProcess.set(number, count);
    flight.end();
  }

  /**
   * Nothing more of this account leaves: connections with an answer that has
   * begun and not finished are destroyed; what has not begun is judged by its
   * `release` (LCK-002, T29b).
   */
  cut(matches: (flight: Flight) => boolean): void {
    for (const flight of [...this.#flights]) {
      if (flight.writing && matches(flight)) flight.connection.destroy();
    }
  }
}
