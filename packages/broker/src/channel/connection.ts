// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import type { Peer } from "../peer/peer.ts";

/** An accepted and identified connection. */
export interface Connection {
  readonly peer: Peer;
  /** Aborted once the connection is closed. */
  readonly closed: AbortSignal;
  /** Close at once; what was not yet taken by the kernel is dropped. */
  destroy(): void;
}

/** A request of either HTTP version. */
export type ChannelRequest = IncomingMessage | Http2ServerRequest;
/** The answer to it. */
export type ChannelResponse = ServerResponse | Http2ServerResponse;

/** Serves what arrives on a channel; must not throw. */
export type ChannelHandler = (
  request: ChannelRequest,
  response: ChannelResponse,
  connection: Connection,
) => void;

/** A listening channel. */
export interface Channel {
  /** Path of the socket. */
  readonly path: string;
  /** Connections now open. */
  readonly connections: ReadonlySet<Connection>;
  /**
   * Serve one end of a socket pair whose other end we gave to a program that
   * we started: `peer` is that program, known from its start, since the
   * credentials of a socket pair name ourselves. It is never closed for being idle.
   */
  adopt(socket: Socket, peer: Peer): Connection;
  /**
   * Stop accepting, remove the socket if it is still ours, close every
   * connection: at once, or when its calls are done but at most after `graceMs`.
   */
  close(graceMs?: number): Promise<void>;
}
