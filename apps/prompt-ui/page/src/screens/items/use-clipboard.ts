// SPDX-License-Identifier: Apache-2.0
import { itemText } from "@assent/wording";
import { useCallback, useEffect, useRef, useState } from "react";
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
 * Copies. A secret is cleared from the clipboard after 30 seconds if the window
 * had the focus all the while: later something else may be there, and a page
 * cannot look. Otherwise the user is told, and can clear it.
 */
export function useClipboard(): Clipboard {
  const [note, setNote] = useState<string>();
  const [canClear, setCanClear] = useState(false);
  const timer = useRef(0);
  const stop = useCallback(() => window.clearTimeout(timer.current), []);
  useEffect(() => {
    window.addEventListener("blur", stop);
    return () => {
      window.removeEventListener("blur", stop);
      stop();
    };
  }, [stop]);
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
    stop();
    if (await write("", itemText.cleared)) setCanClear(false);
  }, [stop, write]);
  const copySecret = useCallback(
    async (value: Uint8Array) => {
      stop();
      if (!(await write(new TextDecoder().decode(value), itemText.copied))) {
        return;
      }
      setCanClear(true);
      timer.current = window.setTimeout(() => void clear(), exposureMs);
    },
    [clear, stop, write],
  );
  const copyPlain = useCallback(
    async (text: string, told: string) => {
      stop();
      if (await write(text, told)) setCanClear(false);
    },
    [stop, write],
  );
  return { note, canClear, copySecret, copyPlain, clear };
}
