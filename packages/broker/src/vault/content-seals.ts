// SPDX-License-Identifier: Apache-2.0

/*
 * What the detail of an item keeps of the content of its files, after the item
 * itself; for each file
 *
 *     length of its id (2) ‖ id ‖ length of the hashes (4) ‖ key (32) ‖ hashes
 *
 * with the SHA-256 of every sealed chunk, in order (see native-content.ts).
 */

/** What opens the content of a file, and tells its chunks from any others. */
export interface ContentSeal {
  readonly fileId: string;
  /** 32 bytes, of this content alone. */
  readonly key: Uint8Array;
  /** 32 bytes for each chunk. */
  readonly hashes: Uint8Array;
}

const headLength = 2 + 4;
const keyLength = 32;

/** How many bytes they take. */
export function contentSealsLength(seals: readonly ContentSeal[]): number {
  return seals.reduce(
    (sum, { fileId, hashes }) =>
      sum + headLength + Buffer.byteLength(fileId) + keyLength + hashes.length,
    0,
  );
}

/** Write them where there is room for exactly that many bytes. */
export function writeContentSeals(
  target: Uint8Array,
  seals: readonly ContentSeal[],
): void {
  const bytes = viewOf(target);
  let offset = 0;
  for (const { fileId, key, hashes } of seals) {
    offset = bytes.writeUInt16BE(Buffer.byteLength(fileId), offset);
    offset += bytes.write(fileId, offset);
    offset = bytes.writeUInt32BE(hashes.length, offset);
    bytes.set(key, offset);
    bytes.set(hashes, offset + keyLength);
    offset += keyLength + hashes.length;
  }
}

/** Read them all: keys and hashes are views of `source`. @throws RangeError when they are malformed */
export function readContentSeals(source: Uint8Array): ContentSeal[] {
  const bytes = viewOf(source);
  const seals: ContentSeal[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const idLength = bytes.readUInt16BE(offset);
    const idEnd = offset + 2 + idLength;
    const hashesLength = bytes.readUInt32BE(idEnd);
    const keyStart = idEnd + 4;
    const hashesStart = keyStart + keyLength;
    const end = hashesStart + hashesLength;
    if (end > bytes.length) throw new RangeError("malformed");
    seals.push({
      fileId: bytes.toString("utf8", offset + 2, idEnd),
      key: bytes.subarray(keyStart, hashesStart),
      hashes: bytes.subarray(hashesStart, end),
    });
    offset = end;
  }
  return seals;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
