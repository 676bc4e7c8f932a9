// SPDX-License-Identifier: Apache-2.0

const prefix: Uint8Array = new TextEncoder().encode("assent/prompt/v1\0");

/**
 * The bytes whose SHA-256 is the digest of a prompt: what a surface shows and
 * what the user approves are the same bytes, or the approval is refused
 * (PRM-010). `body` is `Prompt.body`, exactly as received.
 */
export function promptDigestInput(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const input = new Uint8Array(prefix.length + body.length);
  input.set(prefix);
  input.set(body, prefix.length);
  return input;
}

/** The digest of a prompt, 32 bytes. */
export async function promptDigest(body: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.digest("SHA-256", promptDigestInput(body)),
  );
}
