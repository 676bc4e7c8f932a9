// SPDX-License-Identifier: Apache-2.0
import { createHook } from "node:async_hooks";
import type { Socket } from "node:net";

/*
 * Node counts the memory of each HTTP/2 session, and ends the process when
 * some is left while the session is collected: headers that were cut off, of a
 * stream that is collected later. Both become garbage together, and nothing
 * says which goes first. So a session is kept until the streams are gone.
 */

/** How often the collector has to be round after a connection is closed. */
const rounds = 2;

/** What Node holds natively of the sessions that begin while `begin` runs; kept beyond the close of the socket until no stream can be left (T19). */
export type KeepSession = (socket: Socket, begin: () => void) => void;

interface Kept {
  readonly handles: readonly unknown[];
  left: number;
}

/** Keeps sessions of HTTP/2. */
export function createSessionKeeper(): KeepSession {
  const kept = new Set<Kept>();
  const collected = new FinalizationRegistry<Kept>((one) => {
    one.left -= 1;
    if (one.left > 0) awaitCollector(one);
    else kept.delete(one);
  });
  // Garbage at once: its end tells that the collector was round.
  const awaitCollector = (one: Kept) => collected.register({}, one);

  return (socket, begin) => {
    const handles: unknown[] = [];
    const hook = createHook({
      init(_id, type, _trigger, handle) {
        if (type === "HTTP2SESSION") handles.push(handle);
      },
    });
    hook.enable();
    try {
      begin();
    } finally {
      hook.disable();
    }
    const one: Kept = { handles, left: rounds };
    kept.add(one);
    // Streams are let go in the turn after.
    socket.once("close", () => setImmediate(awaitCollector, one));
  };
}
