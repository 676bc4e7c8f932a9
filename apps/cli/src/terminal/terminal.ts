// SPDX-License-Identifier: Apache-2.0
import { openSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";

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
  /** Give the terminal back as it was. */
  close(): void;
}

/**
 * Open a terminal by its path. Drawn is on the person's own terminal, never on
 * stdin or stdout, which may be somebody else's.
 *
 * @throws when there is none, as under cron.
 */
export function openTerminal(path: string): Terminal {
  const input = new ReadStream(openSync(path, "r"));
  const output = new WriteStream(openSync(path, "w"));
  input.setRawMode(true);
  let onResize: () => void = () => {};
  const continued = () => {
    // Whoever ran meanwhile may have changed the modes.
    input.setRawMode(true);
    onResize();
  };
  process.on("SIGCONT", continued);
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
    close() {
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
