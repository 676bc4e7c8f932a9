// SPDX-License-Identifier: Apache-2.0
import { type RefObject, useEffect, useRef } from "react";
import type { Card } from "./card.ts";
import { now } from "./clock.ts";
import { dispatch } from "./live-requests.ts";

/** Tell when a look is really on screen. A window that cannot be seen paints nothing. */
export function usePainted(look: number): void {
  useEffect(() => {
    // The first frame paints it, the second begins when that is done.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() =>
        dispatch({ kind: "painted", look, nowMs: now() }),
      );
    });
    return () => cancelAnimationFrame(frame);
  }, [look]);
}

/** Tell when the window got the focus, another size, or came to the front (T22, T47). */
export function useDisturbed(): void {
  useEffect(() => {
    const disturb = () => dispatch({ kind: "disturbed", nowMs: now() });
    window.addEventListener("focus", disturb);
    window.addEventListener("resize", disturb);
    document.addEventListener("visibilitychange", disturb);
    return () => {
      window.removeEventListener("focus", disturb);
      window.removeEventListener("resize", disturb);
      document.removeEventListener("visibilitychange", disturb);
    };
  }, []);
}

/** Tell when the end of the card was seen: `end` stands there, `bar` may lie over it. */
export function useRead({ look, isRead }: Card): {
  readonly end: RefObject<HTMLDivElement | null>;
  readonly bar: RefObject<HTMLDivElement | null>;
} {
  const end = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = end.current;
    if (target === null || isRead) return;
    let observer: IntersectionObserver | undefined;
    const observe = () => {
      observer?.disconnect();
      const covered = bar.current?.offsetHeight ?? 0;
      observer = new IntersectionObserver(
        (entries) => {
          if (entries.some(({ isIntersecting }) => isIntersecting)) {
            dispatch({ kind: "read", look });
          }
        },
        { rootMargin: `0px 0px ${-covered}px 0px` },
      );
      observer.observe(target);
    };
    observe();
    window.addEventListener("resize", observe);
    return () => {
      observer?.disconnect();
      window.removeEventListener("resize", observe);
    };
  }, [look, isRead]);
  return { end, bar };
}
