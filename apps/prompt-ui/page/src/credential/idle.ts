// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "react";

/** Without a touch of the user for so long the page asks for passwords again, milliseconds; as long as the broker waits for a call. */
export const idleMs = 600_000;

/** Whether nobody touched the page for that long. A clock that was set back counts as a touch. */
export function isIdle(lastTouchMs: number, nowMs: number): boolean {
  return nowMs - lastTouchMs >= idleMs;
}

/** Call `onIdle` when nobody has touched the page for ten minutes; again after the next touch and ten minutes more. */
export function useIdle(onIdle: () => void): void {
  const latest = useRef(onIdle);
  latest.current = onIdle;
  useEffect(() => {
    let lastTouch = Date.now();
    let isTold = false;
    const touch = () => {
      lastTouch = Date.now();
      isTold = false;
    };
    const look = () => {
      if (isTold || !isIdle(lastTouch, Date.now())) return;
      isTold = true;
      latest.current();
    };
    const timer = window.setInterval(look, 5_000);
    for (const kind of touches) window.addEventListener(kind, touch);
    return () => {
      window.clearInterval(timer);
      for (const kind of touches) window.removeEventListener(kind, touch);
    };
  }, []);
}

const touches = ["pointerdown", "keydown", "wheel"] as const;
