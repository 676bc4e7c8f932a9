// SPDX-License-Identifier: Apache-2.0
import { itemText } from "@assent/wording";
import { useCallback, useState } from "react";
import { exposureMs } from "./exposure.ts";

/** Copying, and what is told of it. */
export interface Clipboard {
  /** Undefined: nothing was copied. */
  readonly note: string | undefined;
  /** A secret may be on the clipboard that can be cleared from here. */
  readonly canClear: boolean;
  readonly copySecret: (value: Uint8Array) => Promise<void>;
  readonly copyPlain: (text: string, note: string) => Promise<void>;
  readonly clear: () => Promise<void>;
}

/**
 * Copies. A secret is cleared from the clipboard after 30 seconds, wherever in
 * the page the user is by then, if the window had the focus all the while:
 * later something else may be there, and a page cannot look. Otherwise the user
 * is told, and can clear it.
 */
export function useClipboard(): Clipboard {
  const [note, setNote] = useState<string>();
  const [canClear, setCanClear] = useState(false);
  const write = useCallback(async (text: string, told: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setNote(told);
      return true;
    } catch {
      setNote(itemText.copyFailed);
      return false;
    }
  }, []);
  const clear = useCallback(async () => {
    stayUncleared();
    if (await write("", itemText.cleared)) setCanClear(false);
  }, [write]);
  const copySecret = useCallback(
    async (value: Uint8Array) => {
      stayUncleared();
      if (!(await write(new TextDecoder().decode(value), itemText.copied))) {
        return;
      }
      setCanClear(true);
      clearLater(clear);
    },
    [clear, write],
  );
  const copyPlain = useCallback(
    async (text: string, told: string) => {
      stayUncleared();
      if (await write(text, told)) setCanClear(false);
    },
    [write],
  );
  return { note, canClear, copySecret, copyPlain, clear };
}

// Outlives the view that it was copied from: that one is hidden before.
let timer = 0;

function clearLater(clear: () => Promise<void>): void {
  window.addEventListener("blur", stayUncleared, { once: true });
  timer = window.setTimeout(() => void clear(), exposureMs);
}

function stayUncleared(): void {
  window.clearTimeout(timer);
}
