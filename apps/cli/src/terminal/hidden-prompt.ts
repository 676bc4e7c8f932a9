// SPDX-License-Identifier: Apache-2.0
import { CommandError, exitCodes } from "../exit.ts";
import { readKeys } from "./keys.ts";
import { SecretLine } from "./secret-line.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Ask for a line on the terminal without showing it, and without letting other
 * programs open it meanwhile (T58). Resolves with bytes to be zeroed after use;
 * the terminal is closed.
 *
 * @throws CommandError (130) on Ctrl-C, Ctrl-D or Esc, and when the terminal goes away.
 */
export async function askHidden(
  terminal: Terminal,
  label: string,
): Promise<Uint8Array> {
  const line = new SecretLine();
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      const cancel = () =>
        reject(new CommandError(exitCodes.interrupted, "Nothing was done."));
      terminal.onClose(cancel);
      terminal.onInput((chunk) => {
        for (const key of readKeys(chunk)) {
          if (key.kind === "byte") line.push(key.byte);
          else if (key.kind === "backspace") line.backspace();
          else if (key.kind === "clear") line.clear();
          else if (key.kind === "enter") return resolve(line.take());
          else if (cancels.has(key.kind)) return cancel();
        }
      });
      terminal.claim();
      terminal.write(`${label}: `).catch(reject);
    });
  } finally {
    line.clear();
    await terminal.write("\r\n").catch(() => {});
    terminal.close();
  }
}

const cancels: ReadonlySet<string> = new Set(["escape", "interrupt", "end"]);
