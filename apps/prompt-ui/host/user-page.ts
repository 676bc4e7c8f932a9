// SPDX-License-Identifier: Apache-2.0
import type { Readable } from "node:stream";
import { findDesktop } from "./desktop.ts";
import { startHost } from "./host.ts";
import { ownerOver } from "./owner-connection.ts";
import { connectOwnerSocket } from "./owner-socket.ts";
import { ownBroker } from "./page-broker.ts";
import { createSignal } from "./signal.ts";
import type { RunOptions } from "./surface.ts";
import { systemTime as time } from "./time.ts";
import { createWindows } from "./window.ts";

/** How `assent ui` starts a host. */
export interface UserPageOptions extends RunOptions {
  /** Of the broker's owner channel. */
  readonly socket: string;
  /** Open a browser. */
  readonly opens: boolean;
  /** Ends with whoever started it. */
  readonly input: Readable;
  /** For the user's terminal. */
  readonly say: (text: string) => void;
}

/** How long the host waits for a page, first and after the last one went, milliseconds. */
export const firstPageMs = 300_000;
export const lastPageMs = 30_000;
const unreachable = 3;

/**
 * A page that the user asked for. It is no trusted surface until the user
 * signed in on it. Its exit code: 0, or 3 when the broker went away.
 *
 * @throws Error when it cannot serve
 */
export async function runUserPage(options: UserPageOptions): Promise<number> {
  const { directory, pageDirectory, socket, signal, say } = options;
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener("abort", end);
  options.input.on("close", end).on("error", end).resume();
  const connect = async () => ownerOver(await connectOwnerSocket(socket));
  const pageCame = createSignal();
  let isBrokerGone = false;
  let hadPage = false;
  let cancelEnd = time.after(firstPageMs, end);
  const host = await startHost({
    pageDirectory,
    directory,
    newBroker: () =>
      ownBroker(connect, () => {
        isBrokerGone = true;
        end();
      }),
    hasCode: true,
    time,
    onPage: pageCame.give,
    onChange() {
      cancelEnd();
      hadPage = true;
      if (host.pages === 0) cancelEnd = time.after(lastPageMs, end);
    },
  });
  const desktop = options.opens ? await findDesktop() : undefined;
  const windows =
    desktop &&
    createWindows({
      desktop,
      directory,
      createBootstrap: host.createBootstrap,
      nextPage: pageCame.next,
      time,
    });
  try {
    const opened = await windows?.open();
    if (opened === undefined && !ending.signal.aborted) {
      say(
        `${options.opens ? "No browser could be opened here. " : ""}Open this address on this machine and enter the code:\n\n` +
          `  ${host.origin}/\n  ${host.code}\n\n` +
          "The code is good once, for five minutes.",
      );
    } else if (opened !== undefined) {
      say("Assent is open in your browser. Ctrl-C closes it.");
    }
    await ended(ending.signal);
  } finally {
    cancelEnd();
    await host.close();
    await windows?.close();
  }
  if (isBrokerGone) return unreachable;
  if (!signal.aborted && hadPage) say("The page was closed.");
  return 0;
}

function ended(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", resolve, { once: true }),
  );
}
