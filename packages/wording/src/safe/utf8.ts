// SPDX-License-Identifier: Apache-2.0

/**
 * Decode UTF-8 strictly. A byte that belongs to no well-formed sequence
 * (overlong forms, surrogates and values above U+10FFFF included) is told as
 * `<0xNN>`, one by one: nothing is replaced and nothing is lost.
 */
export function decodeVisibly(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      const byte = (bytes[at] ?? 0).toString(16).toUpperCase();
      text += `<0x${byte.padStart(2, "0")}>`;
      at += 1;
    } else {
      text += decoder.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

// A byte order mark is a hidden character like any other: keep it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// Length of the well-formed sequence that begins at `at`; 0: none does.
// Table 3-7 of the Unicode standard.
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length === 0 || lead > 0xf4) return 0;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < lowest || second > highest) return 0;
  for (let n = 2; n < length; n += 1) {
    if (((bytes[at + n] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
