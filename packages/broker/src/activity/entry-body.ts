// SPDX-License-Identifier: Apache-2.0

/*
 * How the text of an entry is kept. A segment is a run of entries under one
 * start of keys; it has a header, kept in clear.
 */

/** Turns texts of one segment into bodies, in order. */
export interface BodyWriter extends Disposable {
  readonly header: Uint8Array;
  /** Called once for each entry of the segment. */
  write(place: Uint8Array, text: string): Uint8Array;
}

/** Turns bodies of one segment back into texts. */
export interface BodyReader extends Disposable {
  /** `index` counts from the segment's first entry. @throws Error when the body is not what was written there */
  read(index: number, place: Uint8Array, body: Uint8Array): string;
}

/** The two ways of a log's entries. */
export interface BodyFormat {
  /** Begin a segment. */
  write(segment: number): BodyWriter;
  /**
   * Read segments with the log's private key, which stays the caller's and is
   * not copied. `entries`: how many, from the segment's first.
   *
   * @throws ActivityError when it is another log's key
   */
  reader(
    privateKey: Uint8Array,
  ): (segment: number, header: Uint8Array, entries: number) => BodyReader;
}

/** Bodies in clear, for what belongs to no account. */
export function plainBodies(): BodyFormat {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return {
    write: () => ({
      header: new Uint8Array(),
      write: (_, text) => new TextEncoder().encode(text),
      [Symbol.dispose]() {},
    }),
    reader: () => () => ({
      read: (_index, _place, body) => decoder.decode(body),
      [Symbol.dispose]() {},
    }),
  };
}
