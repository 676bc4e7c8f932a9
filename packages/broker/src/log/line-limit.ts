// SPDX-License-Identifier: Apache-2.0
import type { LogValue } from "./fields.ts";
import type { LogEvent, LogLevel } from "./log.ts";

/** Most lines of one minute, by level. */
export type LineLimits = Readonly<Record<LogLevel, number>>;

const defaultLimits: LineLimits = {
  debug: 300,
  info: 600,
  warn: 300,
  error: 300,
};

/** A line that is to be written. */
export interface AdmittedLine {
  readonly level: LogLevel;
  readonly event: LogEvent;
  readonly fields: Readonly<Record<string, LogValue>>;
}

/** Keeps a flood of calls from filling a disk. */
export interface LineLimit {
  /** What to write: this line or none, after counts of a minute that is over. */
  admit(
    level: LogLevel,
    event: LogEvent,
    fields: AdmittedLine["fields"],
    wallMs: number,
  ): readonly AdmittedLine[];
}

/**
 * Equal lines of one minute at debug and error, which programs can cause at
 * will, are written once and then counted; so is whatever is beyond the limit
 * of its level. Counts are told with the first
 * line of a later minute.
 */
export function createLineLimit(limits: LineLimits = defaultLimits): LineLimit {
  const written = new Map<LogLevel, number>();
  const omitted = new Map<LogLevel, number>();
  const repeats = new Map<string, AdmittedLine & { more: number }>();
  let minute = Number.NaN;

  function counts(): AdmittedLine[] {
    const repeated = [...repeats.values()]
      .filter(({ more }) => more > 0)
      .map(({ level, event, fields, more }) => ({
        level,
        event,
        fields: { ...fields, count: more },
      }));
    const left = [...omitted].map(
      ([level, count]): AdmittedLine => ({
        level: level === "debug" ? "debug" : "warn",
        event: "lines-omitted",
        fields: { count, kind: level },
      }),
    );
    for (const each of [written, omitted, repeats]) each.clear();
    return [...repeated, ...left];
  }

  return {
    admit(level, event, fields, wallMs) {
      const now = Math.floor(wallMs / 60_000);
      const due = now === minute ? [] : counts();
      minute = now;
      const line: AdmittedLine = { level, event, fields };
      if (level === "debug" || level === "error") {
        const key = `${event} ${JSON.stringify(fields)}`;
        const same = repeats.get(key);
        if (same !== undefined) {
          same.more += 1;
          return due;
        }
        if ((written.get(level) ?? 0) < limits[level]) {
          repeats.set(key, { ...line, more: 0 });
        }
      }
      const before = written.get(level) ?? 0;
      if (before >= limits[level]) {
        omitted.set(level, (omitted.get(level) ?? 0) + 1);
        return due;
      }
      written.set(level, before + 1);
      return [...due, line];
    },
  };
}
