// SPDX-License-Identifier: Apache-2.0
import { count, language } from "../plural.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago something was, in its largest unit: `just now`, `7 min ago`, `2 days ago`. */
export function agoText(agoMs: number): string {
  if (agoMs < minute) return "just now";
  if (agoMs < hour) return `${Math.floor(agoMs / minute)} min ago`;
  if (agoMs < day) return `${Math.floor(agoMs / hour)} h ago`;
  return `${count(Math.floor(agoMs / day), "day")} ago`;
}

/**
 * When something was, as people say it: `Today 14:02`, `Yesterday 09:15`,
 * `12 Nov 2026 14:02`. In the time zone of the one who reads, unless it is given.
 */
export function whenText(
  atMs: number,
  nowMs: number,
  timeZone?: string,
): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...zone,
  }).format(atMs);
  const date = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    ...zone,
  });
  const on = date.format(atMs);
  if (on === date.format(nowMs)) return `Today ${time}`;
  if (on === date.format(nowMs - day)) return `Yesterday ${time}`;
  return `${on} ${time}`;
}

/** A number of bytes: `12 KiB`. A begun kibibyte counts. */
export function sizeText(bytes: number): string {
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return bytes < 1024 * 1024
    ? `${numbers.format(Math.ceil(bytes / 1024))} KiB`
    : `${numbers.format(bytes / 1024 / 1024)} MiB`;
}
