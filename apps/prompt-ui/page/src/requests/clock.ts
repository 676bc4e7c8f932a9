// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";

/** Milliseconds on a clock that only goes forward: what arming is judged by. */
export function now(): number {
  return performance.now();
}

/** Whether `atMs` has come, on the clock of `now`; renders again when it comes. */
export function useHasCome(atMs: number | undefined): boolean {
  const [, look] = useState(0);
  useEffect(() => {
    if (atMs === undefined) return;
    const timer = setTimeout(
      () => look((times) => times + 1),
      Math.ceil(atMs - now()),
    );
    return () => clearTimeout(timer);
  }, [atMs]);
  return atMs !== undefined && now() >= atMs;
}

/** Time of day, read again every second. */
export function useTimeOfDay(): number {
  const [time, setTime] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setTime(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return time;
}
