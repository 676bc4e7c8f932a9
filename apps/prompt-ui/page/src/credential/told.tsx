// SPDX-License-Identifier: Apache-2.0
import { type ReactElement, useCallback, useState } from "react";
import { failureText } from "../failure.ts";
import { Notice } from "../ui/notice.tsx";

/** What came of the last thing that was done on a screen. */
export interface Told {
  readonly kind: "good" | "danger";
  readonly text: string;
}

/** Do something, and tell what came of it. */
export interface Teller {
  readonly told: Told | undefined;
  readonly tell: (text: string) => void;
  /** Nothing is told any more. */
  readonly hush: () => void;
  /** `work` is done; then `text` is told, or why it failed. Resolves to whether it worked. */
  readonly attempt: (
    work: () => Promise<unknown>,
    text: string,
  ) => Promise<boolean>;
}

/** What is told on this screen. */
export function useTold(): Teller {
  const [told, setTold] = useState<Told>();
  const tell = useCallback(
    (text: string) => setTold({ kind: "good", text }),
    [],
  );
  const hush = useCallback(() => setTold(undefined), []);
  const attempt = useCallback(
    async (work: () => Promise<unknown>, text: string) => {
      try {
        await work();
        setTold({ kind: "good", text });
        return true;
      } catch (error) {
        setTold({ kind: "danger", text: failureText(error) });
        return false;
      }
    },
    [],
  );
  return { told, tell, hush, attempt };
}

/** Where it is told: read aloud, since it is there before its text. */
export function ToldLine({
  told,
}: {
  readonly told: Told | undefined;
}): ReactElement {
  return (
    <div className="told" role="status">
      {told !== undefined && <Notice kind={told.kind}>{told.text}</Notice>}
    </div>
  );
}

/** Give the focus to the headline of the screen: what had it is gone. */
export function focusHeadline(): void {
  document.querySelector<HTMLElement>("h1[tabindex]")?.focus();
}

/** The same once what was changed is drawn, unless something else has the focus. */
export function keepFocus(): void {
  window.setTimeout(() => {
    const { activeElement, body } = document;
    if (activeElement === null || activeElement === body) focusHeadline();
  }, 50);
}
