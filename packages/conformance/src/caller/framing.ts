// SPDX-License-Identifier: Apache-2.0

const headerLength = 4;
const mostBytes = 16 * 1024 * 1024;

/** A message with its length before it: four bytes, big-endian. */
export function frame(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(headerLength + message.length);
  new DataView(framed.buffer).setUint32(0, message.length);
  framed.set(message, headerLength);
  return framed;
}

/**
 * Cuts a stream of bytes into messages; give it the bytes as they come.
 *
 * @throws when a length is beyond 16 MiB: the other end does not speak this.
 */
export function createUnframer(
  onMessage: (message: Uint8Array) => void,
): (bytes: Uint8Array) => void {
  let kept: Buffer = Buffer.alloc(0);
  return (bytes) => {
    kept =
      kept.length === 0 ? Buffer.from(bytes) : Buffer.concat([kept, bytes]);
    while (kept.length >= headerLength) {
      const length = kept.readUInt32BE(0);
      if (length > mostBytes) throw new Error(`a message of ${length} bytes`);
      if (kept.length < headerLength + length) return;
      const message = kept.subarray(headerLength, headerLength + length);
      kept = kept.subarray(headerLength + length);
      onMessage(message);
    }
  };
}
