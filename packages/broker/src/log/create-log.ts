// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { allowedFields } from "./fields.ts";
import { createLineLimit, type LineLimits } from "./line-limit.ts";
import {
  type Log,
  type LogEvent,
  type LogFields,
  type LogLevel,
  sentences,
} from "./log.ts";
import type { LineSink } from "./sink.ts";
import { toTextLine } from "./text-line.ts";

/** One line for people, or one JSON object a line for programs. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = (typeof logFormats)[number];

/** What a log is made of. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly sink: LineSink;
  /** Time of day, milliseconds. */
  readonly wallMs: () => number;
  readonly limits?: LineLimits;
}

/** The log of a broker. Every line is written at once, in this thread: none is left behind by a crash. */
export function createLog(options: LogOptions): Log {
  const { level, format, sink, wallMs } = options;
  const lines = pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${new Date(wallMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) =>
        sink.write(format === "json" ? line : toTextLine(line)),
    },
  );
  const limit = createLineLimit(options.limits);
  const tell = (at: LogLevel, event: LogEvent, fields: LogFields = {}) => {
    if (!lines.isLevelEnabled(at)) return;
    try {
      const allowed = allowedFields(fields);
      for (const line of limit.admit(at, event, allowed, wallMs())) {
        lines[line.level](
          { event: line.event, ...line.fields },
          sentences[line.event],
        );
      }
    } catch {
      // Telling of a thing must not undo it.
    }
  };
  return {
    debug: (event, fields) => tell("debug", event, fields),
    info: (event, fields) => tell("info", event, fields),
    warn: (event, fields) => tell("warn", event, fields),
    error: (event, fields) => tell("error", event, fields),
  };
}

/** A log that nobody reads. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
