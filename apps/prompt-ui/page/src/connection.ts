// SPDX-License-Identifier: Apache-2.0
import { createStore, type Store, useStore } from "./store.ts";

/** How the page stands with the host, and the host with the broker. */
export type Connection =
  /** The stream of prompts is being opened. */
  | "connecting"
  /** It runs. */
  | "live"
  /** The host does not know this tab. */
  | "signed-out"
  /** It ended, and that is final: whoever has the port now is nobody we know (T54). */
  | "lost";

/** The one connection of this page. */
export const connection: Store<Connection> =
  createStore<Connection>("connecting");

/** How many requests wait, the one on screen included. */
export const waiting: Store<number> = createStore(0);

/** The present state of the connection. */
export function useConnection(): Connection {
  return useStore(connection);
}

/** How many requests wait. */
export function useWaiting(): number {
  return useStore(waiting);
}
