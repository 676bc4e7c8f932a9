// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { useEffect, useRef, useState } from "react";
import { refreshAccounts, useAccounts } from "../accounts.ts";
import { useIdle } from "./idle.ts";
import { signOutOfAll, signOutOfLocked } from "./signed-in.ts";

/** How often a screen looks again at what no stream tells, milliseconds. */
export const lookAgainMs = 2_000;

/** The time of day, again every `everyMs`. */
export function useNow(everyMs: number = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Do something now and every `everyMs`, while the page is seen. */
export function useRepeated(
  work: () => void,
  everyMs: number = lookAgainMs,
): void {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    latest.current();
    const timer = window.setInterval(() => {
      if (document.visibilityState === "visible") latest.current();
    }, everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
}

/**
 * The accounts, kept fresh while a screen is open: what locks elsewhere is
 * locked here, and signed out of, moments later. Who leaves the page alone for
 * ten minutes is signed out as well.
 */
export function useFreshAccounts(): readonly AccountRef[] | undefined {
  const accounts = useAccounts();
  const before = useRef(accounts);
  useRepeated(() => void refreshAccounts());
  useIdle(signOutOfAll);
  useEffect(() => {
    if (before.current !== undefined && accounts !== undefined) {
      signOutOfLocked(before.current, accounts);
    }
    before.current = accounts;
  }, [accounts]);
  return accounts;
}
