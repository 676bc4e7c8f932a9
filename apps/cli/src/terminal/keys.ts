// SPDX-License-Identifier: Apache-2.0

/** One thing that was typed. */
export type Key =
  | { readonly kind: "byte"; readonly byte: number }
  | { readonly kind: NamedKey };

/** Keys with a meaning of their own. */
export type NamedKey =
  | "escape"
  | "interrupt"
  | "end"
  | "enter"
  | "backspace"
  | "clear"
  | "tab"
  | "up"
  | "down"
  | "page-up"
  | "page-down";

const controls: Readonly<Record<number, NamedKey>> = {
  3: "interrupt",
  4: "end",
  8: "backspace",
  9: "tab",
  10: "enter",
  13: "enter",
  21: "clear",
  127: "backspace",
};

const sequences: Readonly<Record<string, NamedKey>> = {
  "[A": "up",
  OA: "up",
  "[B": "down",
  OB: "down",
  "[5~": "page-up",
  "[6~": "page-down",
};

/**
 * Read a chunk of raw input. Arrow keys begin with an ESC as well, so only a
 * chunk that is exactly one ESC is the Escape key; any other sequence that is
 * not known means nothing.
 */
export function readKeys(chunk: Uint8Array): Key[] {
  if (chunk.length === 1 && chunk[0] === escapeByte)
    return [{ kind: "escape" }];
  const keys: Key[] = [];
  for (let at = 0; at < chunk.length; ) {
    const byte = chunk[at] ?? 0;
    if (byte === escapeByte) {
      const length = sequenceLength(chunk, at + 1);
      const text = String.fromCharCode(
        ...chunk.subarray(at + 1, at + 1 + length),
      );
      const kind = Object.hasOwn(sequences, text) ? sequences[text] : undefined;
      if (kind !== undefined) keys.push({ kind });
      at += 1 + length;
      continue;
    }
    const kind = controls[byte];
    if (kind !== undefined) keys.push({ kind });
    else if (byte >= 0x20) keys.push({ kind: "byte", byte });
    at += 1;
  }
  return keys;
}

const escapeByte = 0x1b;

// Bytes of the sequence after an ESC: CSI up to its final byte, SS3 with one
// more, else a character typed with Alt.
function sequenceLength(chunk: Uint8Array, start: number): number {
  const first = chunk[start];
  if (first === undefined) return 0;
  if (first === 0x4f) return Math.min(2, chunk.length - start);
  if (first !== 0x5b) return 1;
  let end = start + 1;
  while (end < chunk.length && (chunk[end] ?? 0) < 0x40) end += 1;
  return Math.min(end + 1, chunk.length) - start;
}
