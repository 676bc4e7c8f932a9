// SPDX-License-Identifier: Apache-2.0

/**
 * Looks for secrets in bytes, in the encodings in which they could leave: tells
 * the first secret found in what came so far and this.
 */
export type CanaryScan = (chunk: Uint8Array) => string | undefined;

/** How a secret may lie in bytes: as it is, in hex, in base64 at its three offsets, and in UTF-16. */
export function encodingsOf(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString(
      "base64",
    );
    // Only what depends on the secret alone.
    return text.slice(offset === 0 ? 0 : offset + 1, -4);
  });
  const reversed = [...secret].reverse().join("");
  return [
    secret,
    reversed,
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ]
    .map((text) => Buffer.from(text))
    .concat(Buffer.from(secret, "utf16le"));
}

/** Scans of streams of bytes; secrets that lie across chunks are found too. */
export function canaryScans(secrets: readonly string[]): () => CanaryScan {
  const patterns = secrets.flatMap((secret) =>
    encodingsOf(secret).map((bytes) => ({ secret, bytes })),
  );
  const longest = Math.max(0, ...patterns.map(({ bytes }) => bytes.length));
  return () => {
    let tail: Buffer = Buffer.alloc(0);
    return (chunk) => {
      const seen = Buffer.concat([tail, chunk]);
      tail = seen.subarray(Math.max(0, seen.length - longest + 1));
      return patterns.find(({ bytes }) => seen.includes(bytes))?.secret;
    };
  };
}
