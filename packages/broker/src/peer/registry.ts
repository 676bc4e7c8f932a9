// SPDX-License-Identifier: Apache-2.0
import type { Peer, PeerDescription, PeerEnd } from "./peer.ts";
import type {
  PeerRefusal,
  ProcessCapture,
  ProcessSource,
} from "./process-capture.ts";

/** A connection's hold on its peer. */
export interface PeerLease {
  readonly peer: Peer;
  /** The connection is gone. */
  release(): void;
}

/** The processes that are known, each under one number. */
export interface PeerRegistry {
  /**
   * The process behind an accepted connection: a known one when it still is
   * that process and image, else a new one (PRC-002, PRC-008, PRC-010).
   * Synchronous, before anything is read from the connection.
   */
  admit(socket: number): PeerLease | PeerRefusal;
  /** A child of ours, in the same step in which it was started. */
  admitChild(pid: number): PeerLease | PeerRefusal;
  /** Most processes at once; over it, {@link admit} refuses. */
  readonly capacity: number;
  /** Processes that have not ended, or whose end was not told yet. */
  readonly size: number;
  /**
   * Asked for each peer without a connection: true keeps it, for a session, a
   * prompt or a memory of how it ended. The returned function takes it back.
   */
  keepAlive(holds: (peer: Peer) => boolean): () => void;
  /** Whether anybody holds it, connections aside. */
  isKept(peer: Peer): boolean;
  /** Told once for each peer that ended, in a sweep. */
  onEnded(listener: (peer: Peer, end: PeerEnd) => void): () => void;
  /**
   * Finds out who ended, tells it, and frees what pins them and those that
   * nobody needs. To be called a few times a second; no decision depends on
   * it, since `verify` is exact. Returns the peers that ended.
   */
  sweep(): readonly Peer[];
  /**
   * Whether `peer` is the process of `origin`, under another number or another
   * image too, or was started by it or by one it started, when `peer` was first
   * seen. A hint: parents can leave.
   */
  stemsFrom(peer: Peer, origin: Peer): boolean;
  /** Free everything; every peer then says that it ended. */
  close(): void;
}

/** Where a registry gets its processes from. */
export interface PeerRegistryOptions {
  readonly source: ProcessSource;
  /** Processes at once; by default what the source can pin. */
  readonly capacity?: number;
}

/** An empty registry. */
export function createPeerRegistry(options: PeerRegistryOptions): PeerRegistry {
  const { source, capacity = source.capacity } = options;
  const known = new Set<KnownPeer>();
  const newestByPid = new Map<number, KnownPeer>();
  const holders = new Set<(peer: Peer) => boolean>();
  const listeners = new Set<(peer: Peer, end: PeerEnd) => void>();
  let lastNumber = 0;

  const isKept = (peer: Peer) => [...holders].some((holds) => holds(peer));

  function forget(peer: KnownPeer): void {
    known.delete(peer);
    if (newestByPid.get(peer.pid) === peer) newestByPid.delete(peer.pid);
    peer.capture.close();
  }

  function freeUnneeded(): void {
    for (const peer of known) {
      if (peer.connections === 0 && !isKept(peer)) forget(peer);
    }
  }

  function lease(peer: KnownPeer): PeerLease {
    peer.connections += 1;
    let held = true;
    return {
      peer,
      release() {
        if (held) peer.connections -= 1;
        held = false;
      },
    };
  }

  function admit(
    capture: ProcessCapture | PeerRefusal,
  ): PeerLease | PeerRefusal {
    if (typeof capture === "string") return capture;
    const before = newestByPid.get(capture.pid);
    if (before?.capture.isSame(capture)) {
      capture.close();
      return lease(before);
    }
    if (known.size >= capacity) freeUnneeded();
    if (known.size >= capacity) {
      capture.close();
      return "exhausted";
    }
    lastNumber += 1;
    const peer = new KnownPeer(lastNumber, capture);
    known.add(peer);
    newestByPid.set(peer.pid, peer);
    return lease(peer);
  }

  return {
    capacity,
    admit: (socket) => admit(source.capture(socket)),
    admitChild: (pid) => admit(source.captureChild(pid)),
    get size() {
      return known.size;
    },
    keepAlive(holds) {
      holders.add(holds);
      return () => holders.delete(holds);
    },
    isKept,
    onEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sweep() {
      source.look([...known].map(({ capture }) => capture));
      const ended: Peer[] = [];
      for (const peer of [...known]) {
        const end = peer.verify();
        if (end === undefined) continue;
        forget(peer);
        ended.push(peer);
        for (const listener of listeners) listener(peer, end);
      }
      freeUnneeded();
      return ended;
    },
    stemsFrom: (peer, origin) =>
      peer === origin ||
      (peer instanceof KnownPeer &&
        origin instanceof KnownPeer &&
        origin.lineage[0] !== undefined &&
        peer.lineage.includes(origin.lineage[0])),
    close() {
      for (const peer of [...known]) forget(peer);
    },
  };
}

class KnownPeer implements Peer {
  readonly number: number;
  readonly capture: ProcessCapture;
  readonly pid: number;
  readonly identified: boolean;
  readonly lineage: readonly string[];
  connections = 0;

  constructor(number: number, capture: ProcessCapture) {
    this.number = number;
    this.capture = capture;
    this.pid = capture.pid;
    this.identified = capture.identified;
    this.lineage = capture.lineage();
  }

  get executable(): string | undefined {
    return this.capture.executable;
  }

  verify(): PeerEnd | undefined {
    return this.capture.verify();
  }

  pinExecutable(): Disposable | undefined {
    return this.capture.pinExecutable();
  }

  describe(): Promise<PeerDescription> {
    return this.capture.describe();
  }
}
