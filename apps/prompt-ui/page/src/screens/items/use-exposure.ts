// SPDX-License-Identifier: Apache-2.0
import type { Item } from "@assent/protocol";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Exposure, exposureLeftMs, startExposure } from "./exposure.ts";
import { forgetItem } from "./item-calls.ts";

/** An item that is shown for a while. */
export interface ExposedItem {
  /** Undefined: hidden. */
  readonly item: Item | undefined;
  readonly leftMs: number;
  /** Show it from now on; its values are owned from here, and zeroed in the end. */
  readonly expose: (item: Item) => void;
  readonly hide: () => void;
}

/**
 * Shows an item for 30 seconds. It is hidden, and its values zeroed, before
 * that when the window loses the focus or is not seen, and when the screen is
 * left, as at lock.
 */
export function useExposure(): ExposedItem {
  const [exposure, setExposure] = useState<Exposure<Item>>();
  const [leftMs, setLeftMs] = useState(0);
  const shown = useRef<Item>(undefined);
  const forget = useCallback(() => {
    if (shown.current !== undefined) forgetItem(shown.current);
    shown.current = undefined;
  }, []);
  const hide = useCallback(() => {
    forget();
    setExposure(undefined);
  }, [forget]);
  const expose = useCallback(
    (item: Item) => {
      forget();
      shown.current = item;
      const started = startExposure(item, Date.now());
      setExposure(started);
      setLeftMs(exposureLeftMs(started, Date.now()));
    },
    [forget],
  );
  useEffect(() => forget, [forget]);
  useEffect(() => {
    if (exposure === undefined) return;
    const look = () => {
      const left = exposureLeftMs(exposure, Date.now());
      setLeftMs(left);
      if (left === 0) hide();
    };
    const unseen = () => {
      if (document.visibilityState !== "visible") hide();
    };
    const timer = window.setInterval(look, 250);
    window.addEventListener("blur", hide);
    document.addEventListener("visibilitychange", unseen);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("blur", hide);
      document.removeEventListener("visibilitychange", unseen);
    };
  }, [exposure, hide]);
  return { item: exposure?.shown, leftMs, expose, hide };
}
