// SPDX-License-Identifier: Apache-2.0
import { createLog, type LogFormat } from "./create-log.ts";
import type { Log, LogLevel } from "./log.ts";
import { openLogFile } from "./log-file.ts";
import { createDescriptorSink, stderrWithoutWaiting } from "./sink.ts";

/** What the one who runs the broker may say about its log. */
export interface OpenLogOptions {
  /** By default "info". */
  readonly level?: LogLevel | undefined;
  /** By default "text". */
  readonly format?: LogFormat | undefined;
  /** Absolute; by default it goes to stderr. */
  readonly file?: string | undefined;
}

/** A log that is open. */
export interface OpenLog {
  readonly log: Log;
  /** Open its file anew; false: it has none. @throws LogFileError; it then goes on as before */
  reopen(): boolean;
  close(): void;
}

/** Open the log of this process. @throws LogFileError */
export function openLog(options: OpenLogOptions = {}): OpenLog {
  const { level = "info", format = "text", file: path } = options;
  // Lost lines are told in the same format, and past the limit of lines.
  const lostLine = (count: number) => {
    let line = "";
    createLog({
      level: "warn",
      format,
      wallMs: Date.now,
      sink: {
        write(text) {
          line = text;
        },
      },
    }).warn("lines-lost", { count });
    return line;
  };
  const file = path === undefined ? undefined : openLogFile({ path, lostLine });
  const stderr = file === undefined ? stderrWithoutWaiting() : -1;
  const sink = file ?? createDescriptorSink(() => stderr, lostLine);
  return {
    log: createLog({ level, format, wallMs: Date.now, sink }),
    reopen() {
      file?.reopen();
      return file !== undefined;
    },
    close: () => file?.close(),
  };
}
