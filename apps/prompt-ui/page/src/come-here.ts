// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "react";
import { linkTo, type Screen } from "./route.ts";

/**
 * When a request begins to wait, go to where it is answered; not while the user
 * is typing or was asked something: then the number in the navigation has to do.
 */
export function useComeHere(waits: boolean, screen: Screen): void {
  useEffect(() => {
    if (waits && screen !== "requests" && !isBusy()) {
      window.location.hash = linkTo("requests");
    }
  }, [waits]);
}

function isBusy(): boolean {
  return (
    document.querySelector("dialog[open]") !== null ||
    document.activeElement?.matches("input, select, textarea") === true
  );
}
