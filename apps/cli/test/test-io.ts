// SPDX-License-Identifier: Apache-2.0
import { Readable, Writable } from "node:stream";
import type { Io } from "../src/io.ts";
import { run } from "../src/program.ts";
import type { Terminal } from "../src/terminal/terminal.ts";

/** What a test gives a command, and what came of it. */
export interface TestIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  interrupt(): void;
}

/** What a test may set. */
export interface TestIoOptions {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Record<string, string>;
  readonly openTerminal?: () => Terminal;
  readonly userId?: number;
  readonly homeDirectory?: string;
}

/** The world of a command, in memory; the broker's sockets are real. */
export function testIo(options: TestIoOptions = {}): TestIo {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const interrupted = new AbortController();
  return {
    stdin: Readable.from([Buffer.from(options.stdin ?? "")]),
    stdout: into(out),
    stderr: into(err),
    environment: options.environment ?? {},
    homeDirectory: options.homeDirectory ?? "/nonexistent",
    userId: options.userId ?? process.getuid?.() ?? -1,
    now: () => Date.now(),
    openTerminal:
      options.openTerminal ??
      (() => {
        throw new Error("no terminal");
      }),
    interruptSignal: () => interrupted.signal,
    endBy: () => {},
    brokerSignals: () => ({ stop: interrupted.signal, onReload() {} }),
    out: () => Buffer.concat(out).toString(),
    err: () => Buffer.concat(err).toString(),
    interrupt: () => interrupted.abort(),
  };
}

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Run one command to its end. */
export async function assent(
  args: readonly string[],
  options: TestIoOptions = {},
): Promise<Outcome> {
  const io = testIo(options);
  const code = await run(io, args);
  return { code, out: io.out(), err: io.err() };
}

function into(chunks: Buffer[]): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
}

/** A terminal in memory, on which `lines` are typed, one whenever something is asked. */
export function typingTerminal(...lines: string[]): {
  open: () => Terminal;
  readonly drawn: string[];
} {
  const drawn: string[] = [];
  return {
    drawn,
    open() {
      let listener: (chunk: Uint8Array) => void = () => {};
      return {
        columns: 80,
        rows: 24,
        async write(text) {
          drawn.push(text);
          if (!text.endsWith(": ")) return;
          const line = lines.shift();
          if (line !== undefined) {
            queueMicrotask(() => listener(Buffer.from(line)));
          }
        },
        onInput: (listen) => {
          listener = listen;
        },
        onResize: () => {},
        onClose: () => {},
        claim: () => undefined,
        release: () => {},
        isForeground: () => true,
        close: () => {},
      };
    },
  };
}
