// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync } from "node:fs";

/** What the system asks of a broker in this process. */
export interface BrokerSignals {
  /** Aborted by SIGINT, SIGTERM, or the end of its terminal; the next one ends the process at once. */
  readonly stop: AbortSignal;
  /** SIGHUP, while the terminal is there or there never was one. */
  onReload(reload: () => void): void;
}

const stopping = ["SIGINT", "SIGTERM"] as const;

/**
 * Listen to signals. SIGHUP means two things: the terminal is gone, or, to a
 * daemon, "read your settings". Which one, the terminal tells. One that comes
 * during the start is not lost.
 */
export function listenToSignals(): BrokerSignals {
  const controller = new AbortController();
  const hadTerminal = hasTerminal();
  let reload: (() => void) | undefined;
  let isDue = false;
  const stop = () => {
    // The next one does what it does by itself.
    for (const name of stopping) process.off(name, stop);
    controller.abort();
  };
  for (const name of stopping) process.on(name, stop);
  process.on("SIGHUP", () => {
    if (hadTerminal && !hasTerminal()) stop();
    else if (reload === undefined) isDue = true;
    else reload();
  });
  return {
    stop: controller.signal,
    onReload(listener) {
      reload = listener;
      if (isDue) listener();
    },
  };
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch (error) {
    // It is there: a request is on it, and it is closed to others meanwhile.
    return (error as NodeJS.ErrnoException).code === "EBUSY";
  }
}
