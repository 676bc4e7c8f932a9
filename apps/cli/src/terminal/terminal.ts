// SPDX-License-Identifier: Apache-2.0
import { openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { createSetExclusive } from "./exclusive.ts";
import { isInForeground } from "./foreground.ts";

/** A terminal in raw mode: what is typed comes at once and is not echoed. */
export interface Terminal {
  /** 80 and 24 where the terminal does not say, as on a serial line. */
  readonly columns: number;
  readonly rows: number;
  /** Resolves when the system took it. */
  write(text: string): Promise<void>;
  /** Bytes as they come; each chunk is zeroed after the listener returned. */
  onInput(listener: (chunk: Uint8Array) => void): void;
  /** The size changed, or the process was continued after a stop. */
  onResize(listener: () => void): void;
  /** The terminal went away. */
  onClose(listener: () => void): void;
  /**
   * Have the terminal refuse to be opened by other processes of the user, until
   * `release` or `close` (T58). Who has it open already keeps it, and root is
   * let in. Says why it cannot; undefined: it does.
   */
  claim(): string | undefined;
  release(): void;
  /** Whether what is typed on it is meant for this process. */
  isForeground(): boolean;
  /** Give the terminal back as it was. */
  close(): void;
}

const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/**
 * Open a terminal by its path. Drawn is on the person's own terminal, never on
 * stdin or stdout, which may be somebody else's.
 *
 * @throws when there is none, as under cron.
 */
export function openTerminal(path: string): Terminal {
  const descriptor = openSync(path, "r");
  const input = new ReadStream(descriptor);
  const output = new WriteStream(openSync(path, "w"));
  input.setRawMode(true);
  let onResize: () => void = () => {};
  const continued = () => {
    // Whoever ran meanwhile may have changed the modes.
    input.setRawMode(true);
    onResize();
  };
  process.on("SIGCONT", continued);
  const setExclusive = createSetExclusive();
  let isClaimed = false;
  // On every way out that a process can notice: else nobody could open it again.
  const release = () => {
    if (!isClaimed) return;
    isClaimed = false;
    process.off("exit", release);
    for (const name of endingSignals) process.off(name, onSignal);
    setExclusive(descriptor, false);
  };
  const onSignal = (name: NodeJS.Signals) => {
    release();
    // Ours came first: if nobody else takes it, it does what it does by default.
    if (process.listenerCount(name) > 0) return;
    input.setRawMode(false);
    process.kill(process.pid, name);
  };
  return {
    get columns() {
      return output.columns || 80;
    },
    get rows() {
      return output.rows || 24;
    },
    write: (text) =>
      new Promise((resolve, reject) => {
        output.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    onInput(listener) {
      input.on("data", (chunk: Buffer) => {
        listener(chunk);
        chunk.fill(0);
      });
    },
    onResize(listener) {
      onResize = listener;
      output.on("resize", listener);
    },
    onClose(listener) {
      for (const event of ["close", "error"]) {
        input.on(event, listener);
        output.on(event, listener);
      }
    },
    claim() {
      if (isClaimed) return undefined;
      const problem = setExclusive(descriptor, true);
      if (problem !== undefined) return problem;
      isClaimed = true;
      process.on("exit", release);
      for (const name of endingSignals) process.prependListener(name, onSignal);
      return undefined;
    },
    release,
    isForeground: () => isInForeground(),
    close() {
      release();
      process.off("SIGCONT", continued);
      input.removeAllListeners();
      output.removeAllListeners();
      // What is still on its way must not end the process with an exception.
      input.on("error", () => {});
      output.on("error", () => {});
      input.setRawMode(false);
      input.destroy();
      output.end();
    },
  };
}

/** Whether a terminal could not be opened because another process has claimed it. */
export function isHeld(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === "EBUSY";
}

/** What to tell then: what happened, and what to do. */
export const heldText: readonly [message: string, hint: string] = [
  "Another program holds this terminal for itself.",
  "Use another terminal window, or end assent watch in this one.",
];
