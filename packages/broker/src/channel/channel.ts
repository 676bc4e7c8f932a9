// SPDX-License-Identifier: Apache-2.0
import { createServer, type Socket } from "node:net";
import { limits as protocolLimits } from "@assent/protocol";
import type { PeerRefusal } from "../peer/process-capture.ts";
import type { PeerLease, PeerRegistry } from "../peer/registry.ts";
import { type Scheduler, systemScheduler } from "../peer/scheduler.ts";
import { socketDescriptor } from "../peer/socket-descriptor.ts";
import type { ActivatedSocket } from "./activation.ts";
import type { Channel, ChannelHandler, Connection } from "./connection.ts";
import { listenActivated, listenPrivately } from "./endpoint-socket.ts";
import { sniff } from "./first-bytes.ts";
import { createHttpServers } from "./http-servers.ts";
import type { RuntimeDirectory } from "./runtime-directory.ts";
import { ServedConnection } from "./served-connection.ts";

/** Limits of a channel. */
export interface ChannelLimits {
  /** Bytes of all headers of one request. */
  readonly headerBytes: number;
  /** Milliseconds until the first request, and each later body, is received. */
  readonly receiveMs: number;
  /** Milliseconds without any call; longer than any session lives unused. */
  readonly idleMs: number;
  /** Connections of one process. */
  readonly connectionsPerProcess: number;
  /** Connections of all processes. */
  readonly connections: number;
  /** Calls of one process; answered by the handler, bounded here. */
  readonly callsPerProcess: number;
}

/** Why an accepted connection was closed unread. */
export type ConnectionRefusal = PeerRefusal | "too-many-connections";

/** What a channel is made of. */
export interface ChannelOptions {
  /** Held by this process. */
  readonly directory: RuntimeDirectory;
  /** Of the socket, in that directory. */
  readonly path: string;
  readonly registry: PeerRegistry;
  readonly handler: ChannelHandler;
  readonly scheduler?: Scheduler;
  readonly limits?: Partial<ChannelLimits>;
  /** A listening socket that the service manager opened. */
  readonly activated?: ActivatedSocket | undefined;
  /** True: not closed to make room, however many come (T60). */
  readonly isKept?: (connection: Connection) => boolean;
  /** Told of each connection that was closed unread. */
  readonly onRefused?: (refusal: ConnectionRefusal) => void;
}

const idleMs = 15 * 60 * 1000;
const connectionsInAll = 512;

/**
 * Opens a channel. Whoever connects is identified in the same step in which
 * the connection is accepted; nothing of a refused one is read (PRC-009).
 *
 * @throws ChannelError
 */
export async function openChannel(options: ChannelOptions): Promise<Channel> {
  const { directory, path, registry } = options;
  const scheduler = options.scheduler ?? systemScheduler;
  const limits: ChannelLimits = {
    ...protocolLimits,
    idleMs,
    // Strangers on one channel leave room for sessions and for the other (T60).
    connections: Math.min(connectionsInAll, Math.floor(registry.capacity / 2)),
    ...options.limits,
  };
  // In the order in which they last had a call.
  const connections = new Set<ServedConnection>();
  let allClosed: () => void = () => undefined;
  const http = createHttpServers(limits, (request, response, connection) => {
    const served = connection as ServedConnection;
    if (connections.delete(served)) connections.add(served);
    options.handler(request, response, connection);
  });

  function serve(
    socket: Socket,
    lease: PeerLease,
    patient: boolean,
  ): ServedConnection {
    const timing = { ...limits, scheduler, patient };
    const connection = new ServedConnection(socket, lease, timing);
    connections.add(connection);
    connection.closed.addEventListener("abort", () => {
      connections.delete(connection);
      allClosed();
    });
    sniff(socket, (protocol) => {
      if (protocol === "http/1.1") http.serveHttp1(socket, connection);
      else if (protocol === "http/2") http.serveHttp2(socket, connection);
      else socket.destroy();
    });
    return connection;
  }

  const mayGo = (connection: ServedConnection) =>
    !connection.isOurs &&
    !registry.isKept(connection.peer) &&
    !options.isKept?.(connection);

  /**
   * Closes the connection that was used longest ago and that nothing hangs on.
   * If all are busy, the oldest of the process that has most, unless the new
   * one would then have as many (T60).
   */
  function makeRoom(ofNew: number): boolean {
    const evictable = [...connections].filter(mayGo);
    const victim =
      evictable.find(({ calls }) => calls === 0) ??
      oldestOfGreediest(evictable, ofNew + 1);
    if (victim === undefined) return false;
    victim.destroy();
    victim.release();
    connections.delete(victim);
    return true;
  }

  function admit(socket: Socket): PeerLease | ConnectionRefusal {
    const descriptor = socketDescriptor(socket);
    if (descriptor === undefined) return "unknown";
    let lease = registry.admit(descriptor);
    while (lease === "exhausted" && makeRoom(0)) {
      lease = registry.admit(descriptor);
    }
    if (typeof lease === "string") return lease;
    const { peer } = lease;
    const ofProcess = [...connections].filter((one) => one.peer === peer);
    if (
      ofProcess.length < limits.connectionsPerProcess &&
      (connections.size < limits.connections || makeRoom(ofProcess.length))
    ) {
      return lease;
    }
    lease.release();
    return "too-many-connections";
  }

  function accept(socket: Socket): void {
    const lease = admit(socket);
    if (typeof lease === "string") {
      socket.destroy();
      options.onRefused?.(lease);
    } else {
      serve(socket, lease, false);
    }
  }

  const server = createServer(accept);
  const endpoint =
    options.activated === undefined
      ? await listenPrivately(server, directory, path)
      : await listenActivated(server, directory, path, options.activated);
  // A connection that could not be accepted is nobody's yet.
  server.on("error", () => undefined);
  const stopWatching = registry.onEnded((peer, end) => {
    // Who runs another image is told so, at its next call.
    if (end !== "exited") return;
    for (const connection of connections) {
      if (connection.peer === peer) connection.destroy();
    }
  });

  let closing: Promise<void> | undefined;
  const destroyAll = () => {
    for (const connection of connections) connection.destroy();
  };
  async function close(graceMs: number): Promise<void> {
    server.close();
    endpoint.remove();
    const ended = new Promise<void>((resolve) => {
      allClosed = () => connections.size === 0 && resolve();
      allClosed();
    });
    for (const connection of connections) connection.finish();
    const cancel = scheduler.after(graceMs, destroyAll);
    await ended;
    cancel();
    stopWatching();
  }

  return {
    path,
    connections,
    adopt: (socket, peer) =>
      serve(socket, { peer, release: () => undefined }, true),
    close(graceMs = 0) {
      if (graceMs <= 0) destroyAll();
      closing ??= close(graceMs);
      return closing;
    },
  };
}

function oldestOfGreediest(
  connections: readonly ServedConnection[],
  fewest: number,
): ServedConnection | undefined {
  const byPeer = Map.groupBy(connections, ({ peer }) => peer);
  const greediest = [...byPeer.values()].reduce<readonly ServedConnection[]>(
    (most, own) => (own.length > most.length ? own : most),
    [],
  );
  return greediest.length > fewest ? greediest[0] : undefined;
}
