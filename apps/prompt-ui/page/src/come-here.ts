// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "react";
import { linkTo, type Screen } from "./route.ts";

/**
 * When a request begins to wait, go to where it is answered; not while the user
 * is typing, was asked something, or has something unfinished that would be
 * lost: then the number in the navigation has to do.
 */
export function useComeHere(waits: boolean, screen: Screen): void {
  useEffect(() => {
    if (waits && screen !== "requests" && !isBusy()) {
      window.location.hash = linkTo("requests");
    }
  }, [waits]);
}

/** While this is rendered, and is so, the screen holds what leaving it would lose: a draft, or what is shown only once. */
export function useUnfinished(isSo = true): void {
  useEffect(() => {
    if (!isSo) return;
    unfinished += 1;
    return () => {
      unfinished -= 1;
    };
  }, [isSo]);
}

let unfinished = 0;

function isBusy(): boolean {
  return (
    unfinished > 0 ||
    document.querySelector("dialog[open]") !== null ||
    document.activeElement?.matches("input, select, textarea") === true
  );
}
