// SPDX-License-Identifier: Apache-2.0
import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Peer } from "../peer/peer.ts";
import type { PeerLease } from "../peer/registry.ts";
import type {
  ChannelRequest,
  ChannelResponse,
  Connection,
} from "./connection.ts";
import {
  ConnectionClock,
  type ConnectionClockOptions,
} from "./connection-clock.ts";

/** Timing of a connection; see {@link ConnectionClock}. */
export type ConnectionTiming = Omit<
  ConnectionClockOptions,
  "onStalled" | "onIdle"
>;

/** A connection of a channel, from accept to close. */
export class ServedConnection implements Connection {
  readonly peer: Peer;
  /** Gives up the hold on the peer; may be told more than once. */
  readonly release: () => void;
  /** Set while the other end speaks HTTP/2. */
  session: Http2Session | undefined;
  /** We started the program at the other end. */
  readonly isOurs: boolean;
  readonly #socket: Socket;
  readonly #clock: ConnectionClock;
  readonly #closed = new AbortController();
  readonly #responses = new Set<ChannelResponse>();
  #finishing = false;

  constructor(socket: Socket, lease: PeerLease, timing: ConnectionTiming) {
    this.peer = lease.peer;
    this.release = () => lease.release();
    this.isOurs = timing.patient;
    this.#socket = socket;
    this.#clock = new ConnectionClock({
      ...timing,
      onStalled: () => this.destroy(),
      onIdle: () => this.finish(),
    });
    // An error is followed by close, and tells nothing more.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      this.#clock.stop();
      this.release();
      this.#closed.abort();
      this.#closeResponses();
    });
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Calls that have not ended. */
  get calls(): number {
    return this.#clock.calls;
  }

  destroy(): void {
    // Below HTTP/2, which would first try to send what it holds.
    this.#socket.destroy();
  }

  /** Close as soon as no call is left; take no new one where the protocol can say so. */
  finish(): void {
    this.#finishing = true;
    if (this.session !== undefined) this.session.close();
    else if (this.calls === 0) this.#socket.destroySoon();
  }

  /** Bytes arrived that HTTP has not made a request of yet, or already has. */
  bytesArrived(): void {
    this.#clock.bytesArrived();
  }

  /** Follow a call until both its request and its answer are over. */
  begin(request: ChannelRequest, response: ChannelResponse): void {
    const call = this.#clock.begin();
    const received = () => call.received();
    request.once("end", received);
    request.once("close", received);
    const end = response.end as (...rest: unknown[]) => unknown;
    Object.assign(response, {
      end(...rest: unknown[]) {
        call.answered();
        return end.apply(response, rest);
      },
    });
    this.#responses.add(response);
    response.once("close", () => {
      this.#responses.delete(response);
      call.ended();
      if (this.#finishing) this.finish();
    });
  }

  /**
   * Node tells of its end only the answer that has the socket; those of
   * HTTP/1.1 that wait behind it would never be over (WIR-011).
   */
  #closeResponses(): void {
    if (this.session !== undefined) return;
    for (const response of this.#responses) response.emit("close");
  }
}
