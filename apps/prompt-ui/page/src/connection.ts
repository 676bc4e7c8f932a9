// SPDX-License-Identifier: Apache-2.0
import { ConnectError } from "@connectrpc/connect";
import {
  leftPath,
  type PageEnd,
  pageEndHeader,
  pageKeyHeader,
  pageKeyItem,
} from "../../host/contract.ts";
import { createStore, type Store, useStore } from "./store.ts";

/** How the page stands with the host, and the host with the broker. */
export type Connection =
  /** The stream of prompts is being opened. */
  | "connecting"
  /** This tab has no key: it takes a one-time code. */
  | "no-key"
  /** The host waits for a credential of any account. */
  | "sign-in"
  /** Prompts come. */
  | "live"
  /** The host has as many streams as it serves. */
  | "crowded"
  /** The host does not know this page any more. */
  | "signed-out"
  /** The broker is gone, or the host is, and whoever has the port now is nobody we know. */
  | "lost"
  /** The host has ended, and the page with it. */
  | "left";

const state: Store<Connection> = createStore<Connection>("connecting");

/** The present state of the connection. */
export function useConnection(): Connection {
  return useStore(state);
}

/** The connection goes on. One that ended stays ended: nothing is tried again (T54). */
export function setConnection(next: Connection): void {
  if (!isOver()) state.set(next);
}

/** Whether the page is over. */
export function isOver(): boolean {
  return ended.has(state.get());
}

const ended: ReadonlySet<Connection> = new Set([
  "crowded",
  "signed-out",
  "lost",
  "left",
]);

/** How a failed call ends the page; undefined: it is an answer like others. */
export function pageEndOf(error: unknown): PageEnd | undefined {
  const value = ConnectError.from(error).metadata.get(pageEndHeader);
  return value === "leave" || value === "offline" || value === "signed-out"
    ? value
    : undefined;
}

/** The page is over, and how. What was typed anywhere is gone with it. */
export function endPage(end: PageEnd): void {
  const key = window.sessionStorage.getItem(pageKeyItem) ?? "";
  if (end === "offline") {
    setConnection("lost");
    return;
  }
  window.sessionStorage.removeItem(pageKeyItem);
  if (end === "signed-out") {
    setConnection("signed-out");
    return;
  }
  setConnection("left");
  void fetch(leftPath, {
    method: "POST",
    headers: { [pageKeyHeader]: key },
    keepalive: true,
  }).catch(() => {});
  window.close();
  window.location.replace("about:blank");
}
