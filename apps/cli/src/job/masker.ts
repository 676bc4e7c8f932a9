// SPDX-License-Identifier: Apache-2.0

/** Bytes of the shortest text that is masked: a shorter one is in too much that is no secret. */
export const shortestMasked = 4;

/** Hides texts in a stream of bytes, however it is cut into chunks. */
export interface Masker {
  /** What may be written now; the parts are views of the chunk where that is possible. */
  push(chunk: Uint8Array): Uint8Array[];
  /** What was held back. */
  end(): Uint8Array[];
}

/**
 * Every byte that belongs to an occurrence of one of the texts is hidden; texts
 * that overlap or touch become one mark. Held back is what could still turn out
 * to begin one, and no more.
 *
 * The search is that of Wu and Manber: a table tells, by two bytes, how far no
 * text can begin, so that most bytes are never looked at.
 *
 * @throws RangeError for a text shorter than `shortestMasked`
 */
export function createMasker(
  texts: readonly Uint8Array[],
  mark: Uint8Array,
): Masker {
  const search = createSearch(texts);
  let held: Uint8Array = new Uint8Array();
  // Bytes of `held` that are hidden already, under a mark that was written.
  let covered = 0;
  let isOpen = false;

  function take(bytes: Uint8Array, decided: number): Uint8Array[] {
    const parts: Uint8Array[] = [];
    const show = (end: number) => {
      if (end > covered) parts.push(bytes.subarray(covered, end));
    };
    search.each(bytes, decided, (start, end) => {
      if (!isOpen || start > covered) {
        show(start);
        parts.push(mark);
        isOpen = true;
      }
      covered = Math.max(covered, end);
    });
    show(decided);
    isOpen &&= covered >= decided;
    covered = Math.max(covered - decided, 0);
    held = bytes.slice(decided);
    return parts;
  }

  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      return take(bytes, search.undecidedFrom(bytes));
    },
    end: () => take(held, held.length),
  };
}

interface Search {
  /** Call back for the longest text at each place before `limit` where one begins. */
  each(
    bytes: Uint8Array,
    limit: number,
    found: (start: number, end: number) => void,
  ): void;
  /** The first place at which a text may begin that does not end in these bytes. */
  undecidedFrom(bytes: Uint8Array): number;
}

function createSearch(texts: readonly Uint8Array[]): Search {
  const lengths = texts.map(({ length }) => length);
  const window = Math.min(...lengths);
  const longest = Math.max(0, ...lengths);
  if (window < shortestMasked) throw new RangeError("too short to be masked");
  // How far to go on when the window ends in these two bytes; 0: look closely.
  const skips = new Uint8Array(0x1_0000).fill(Math.min(window - 1, 255));
  const byEnd = new Map<number, Uint8Array[]>();
  const byStart = new Map<number, Uint8Array[]>();
  for (const text of texts.toSorted((a, b) => b.length - a.length)) {
    for (let at = 0; at + 2 <= window; at += 1) {
      const pair = pairAt(text, at);
      skips[pair] = Math.min(skips[pair] ?? 0, window - 2 - at);
    }
    add(byEnd, pairAt(text, window - 2), text);
    add(byStart, text[0] ?? 0, text);
  }
  return {
    each(bytes, limit, found) {
      const last = Math.min(limit - 1, bytes.length - window);
      for (let start = 0; start <= last; ) {
        // Written out: this is where the time goes.
        const at = start + window - 2;
        const pair = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
        const skip = skips[pair] as number;
        if (skip > 0) {
          start += skip;
          continue;
        }
        const text = byEnd
          .get(pair)
          ?.find((each) => matches(bytes, start, each, each.length));
        if (text !== undefined) found(start, start + text.length);
        start += 1;
      }
    },
    undecidedFrom(bytes) {
      const { length } = bytes;
      for (let at = Math.max(length - longest + 1, 0); at < length; at += 1) {
        const left = length - at;
        const isBegun = byStart
          .get(bytes[at] ?? 0)
          ?.some(
            (each) => each.length > left && matches(bytes, at, each, left),
          );
        if (isBegun) return at;
      }
      return length;
    },
  };
}

function pairAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function matches(
  bytes: Uint8Array,
  start: number,
  text: Uint8Array,
  length: number,
): boolean {
  if (start + length > bytes.length) return false;
  for (let at = 0; at < length; at += 1) {
    if (bytes[start + at] !== text[at]) return false;
  }
  return true;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const present = map.get(key);
  if (present === undefined) map.set(key, [value]);
  else present.push(value);
}
