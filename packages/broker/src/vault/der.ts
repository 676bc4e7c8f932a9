// SPDX-License-Identifier: Apache-2.0

/*
 * As much of DER (X.690) as it takes to find the numbers of a private key in
 * what node:crypto exports. Everything returned is a view of the input: zero
 * that, and all of it is gone.
 */

/** One element: its tag and its content. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The elements of the sequence that `bytes` is. @throws RangeError */
export function readDerSequence(bytes: Uint8Array): readonly DerElement[] {
  const { content } = expectTag(readElement(bytes, 0).element, 0x30);
  const elements: DerElement[] = [];
  for (let offset = 0; offset < content.length; ) {
    const { element, end } = readElement(content, offset);
    elements.push(element);
    offset = end;
  }
  return elements;
}

/** The bytes of an OCTET STRING. @throws RangeError */
export function readDerOctets(element: DerElement | undefined): Uint8Array {
  return expectTag(element, 0x04).content;
}

/** The OCTET STRING that `bytes` is. @throws RangeError */
export function readDerOctetString(bytes: Uint8Array): Uint8Array {
  return readDerOctets(readElement(bytes, 0).element);
}

/** The bytes of an INTEGER, big-endian, as they stand. @throws RangeError */
export function readDerInteger(element: DerElement | undefined): Uint8Array {
  return expectTag(element, 0x02).content;
}

function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw new RangeError("unexpected DER element");
  return element;
}

function readElement(
  bytes: Uint8Array,
  offset: number,
): { readonly element: DerElement; readonly end: number } {
  const tag = bytes[offset] ?? 0;
  let length = bytes[offset + 1] ?? 0;
  let start = offset + 2;
  if (length >= 0x80) {
    const digits = length - 0x80;
    length = 0;
    for (const digit of bytes.subarray(start, start + digits)) {
      length = length * 256 + digit;
    }
    start += digits;
  }
  const end = start + length;
  if (end > bytes.length) throw new RangeError("cut off DER element");
  return { element: { tag, content: bytes.subarray(start, end) }, end };
}
