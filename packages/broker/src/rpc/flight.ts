// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import type { ConnectError } from "@connectrpc/connect";
import type { Connection } from "../channel/connection.ts";

/** What a call adds to the load of its process. */
interface FlightLoad {
  receive(bytes: number): boolean;
  send(bytes: number): boolean;
  hasRoom(): boolean;
  reserve(bytes: number): void;
}

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
  #cleanups: (() => void)[] | undefined = [];
  readonly #load: FlightLoad;

  constructor(connection: Connection, load: FlightLoad) {
    this.connection = connection;
    this.#load = load;
  }

  /** So many bytes of the request came; false: the process sends too much at once. */
  receive(bytes: number): boolean {
    return this.#load.receive(bytes);
  }

  /** So many bytes of the answer are to leave; false: the process leaves too much unread (T29b). */
  send(bytes: number): boolean {
    return this.#load.send(bytes);
  }

  /** Whether an answer of any size may still leave; asked before one is made (WIR-011). */
  get hasRoom(): boolean {
    return this.#load.hasRoom();
  }

  /** An answer of about so many bytes is made: it counts before it is sent, since many are made at once. */
  reserve(bytes: number): void {
    this.#load.reserve(bytes);
  }

  /** Run when the answer has left, or never will: zeroes what it held. */
  defer(cleanup: () => void): void {
    if (this.#cleanups === undefined) cleanup();
    else this.#cleanups.push(cleanup);
  }

  /** The answer has left, or never will. */
  end(): void {
    const cleanups = this.#cleanups ?? [];
    this.#cleanups = undefined;
    for (const cleanup of cleanups) cleanup();
  }
}

/** Bytes of requests of one process that may be on their way at once. */
const bytesPerProcess = 8 * limits.messageBytes;
/** Bytes of answers of one process that may be on their way at once. */
const unreadPerProcess = 4 * limits.messageBytes;

interface Load {
  calls: number;
  bytes: number;
  unread: number;
}

/** All calls on their way. */
export class Flights {
  readonly #flights = new Set<Flight>();
  readonly #perProcess = new Map<number, Load>();

  /** Undefined: the process has as many calls in flight as it may (WIR-011). */
  begin(connection: Connection): Flight | undefined {
    const { number } = connection.peer;
    const load = this.#perProcess.get(number) ?? {
      calls: 0,
      bytes: 0,
      unread: 0,
    };
    if (load.calls >= limits.callsPerProcess) return undefined;
    load.calls += 1;
    this.#perProcess.set(number, load);
    let received = 0;
    let sent = 0;
    const flight = new Flight(connection, {
      receive(bytes) {
        received += bytes;
        load.bytes += bytes;
        return load.bytes <= bytesPerProcess;
      },
      hasRoom: () => load.unread + limits.messageBytes <= unreadPerProcess,
      reserve(bytes) {
        sent += bytes;
        load.unread += bytes;
      },
      send(bytes) {
        // In the place of what was reserved for it.
        const more = bytes - sent;
        if (load.unread + more > unreadPerProcess) return false;
        sent += more;
        load.unread += more;
        return true;
      },
    });
    flight.defer(() => {
      load.bytes -= received;
      load.unread -= sent;
      load.calls -= 1;
      if (load.calls === 0) this.#perProcess.delete(number);
    });
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
    if (this.#flights.delete(flight)) flight.end();
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
