// SPDX-License-Identifier: Apache-2.0
import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
} from "node:crypto";
import { integer, join, string } from "./ssh-wire.ts";

/** What can be told of a private key to anybody. */
export interface SshKeyDetails {
  /** One line as in `authorized_keys`, without a comment. */
  readonly publicKey: string;
  /** As `ssh-keygen -l` shows it: `SHA256:` and base64. */
  readonly fingerprint: string;
  /** `Ed25519`, `RSA, 3072-bit`, `ECDSA, 256-bit`. */
  readonly keyType: string;
}

/**
 * `unreadable`: no private key in PEM, or one under a password.
 * `unsupported`: none that OpenSSH knows.
 */
export type SshKeyFailure = "unreadable" | "unsupported";

/** A private key that cannot be used. Holds nothing of it. */
export class SshKeyError extends Error {
  override readonly name = "SshKeyError";
  readonly failure: SshKeyFailure;
  constructor(failure: SshKeyFailure) {
    super(`the SSH key is ${failure}`);
    this.failure = failure;
  }
}

/** Public key, fingerprint and type of a private key in PEM. @throws SshKeyError */
export function describeSshKey(pem: Uint8Array): SshKeyDetails {
  const { algorithm, keyType, blob } = readPublic(readPrivate(pem));
  return {
    publicKey: `${algorithm} ${Buffer.from(blob).toString("base64")}`,
    fingerprint: `SHA256:${hash("sha256", blob, "base64").replace(/=+$/, "")}`,
    keyType,
  };
}

/** The public half of a key. */
export interface PublicPart {
  readonly algorithm: string;
  readonly keyType: string;
  /** As on the wire (RFC 4253, 5656, 8709). */
  readonly blob: Uint8Array;
}

/** A private key in PEM. @throws SshKeyError */
export function readPrivate(pem: Uint8Array): KeyObject {
  try {
    return createPrivateKey({
      key: Buffer.from(pem.buffer, pem.byteOffset, pem.length),
      format: "pem",
    });
  } catch {
    throw new SshKeyError("unreadable");
  }
}

const curves: Readonly<Record<string, { name: string; bits: number }>> = {
  "P-256": { name: "nistp256", bits: 256 },
  "P-384": { name: "nistp384", bits: 384 },
  "P-521": { name: "nistp521", bits: 521 },
};

/** The public half of a private key. @throws SshKeyError */
export function readPublic(key: KeyObject): PublicPart {
  switch (key.asymmetricKeyType) {
    case "ed25519": {
      const { x } = exportPublic(key);
      const blob = join([string("ssh-ed25519"), string(x)]);
      return { algorithm: "ssh-ed25519", keyType: "Ed25519", blob };
    }
    case "rsa": {
      const { n, e } = exportPublic(key);
      const blob = join([string("ssh-rsa"), integer(e), integer(n)]);
      const bits = key.asymmetricKeyDetails?.modulusLength;
      return { algorithm: "ssh-rsa", keyType: `RSA, ${bits}-bit`, blob };
    }
    case "ec": {
      const { crv, x, y } = exportPublic(key);
      const curve = curves[crv];
      if (curve === undefined) throw new SshKeyError("unsupported");
      const algorithm = `ecdsa-sha2-${curve.name}`;
      const point = string([Uint8Array.of(4), x, y]);
      const blob = join([string(algorithm), string(curve.name), point]);
      return { algorithm, keyType: `ECDSA, ${curve.bits}-bit`, blob };
    }
    default:
      throw new SshKeyError("unsupported");
  }
}

interface PublicNumbers {
  readonly crv: string;
  readonly x: Uint8Array;
  readonly y: Uint8Array;
  readonly n: Uint8Array;
  readonly e: Uint8Array;
}

function exportPublic(key: KeyObject): PublicNumbers {
  const jwk = exportJwk(key);
  const bytes = (text: string | undefined) =>
    Buffer.from(text ?? "", "base64url");
  return {
    crv: jwk.crv ?? "",
    x: bytes(jwk.x),
    y: bytes(jwk.y),
    n: bytes(jwk.n),
    e: bytes(jwk.e),
  };
}

function exportJwk(key: KeyObject) {
  try {
    return createPublicKey(key).export({ format: "jwk" });
  } catch {
    // Curves that JWK has no name for are none of OpenSSH's.
    throw new SshKeyError("unsupported");
  }
}
