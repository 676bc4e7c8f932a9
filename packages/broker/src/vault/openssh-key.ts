// SPDX-License-Identifier: Apache-2.0
import { hash, type KeyObject } from "node:crypto";
import { Secret } from "../crypto/secret.ts";
import {
  readDerInteger,
  readDerOctetString,
  readDerOctets,
  readDerSequence,
} from "./der.ts";
import { encodePem } from "./pem.ts";
import { readPrivate, readPublic, SshKeyError } from "./ssh-key.ts";
import {
  integer,
  join,
  lengthOf,
  type Piece,
  string,
  uint32,
} from "./ssh-wire.ts";

/**
 * A private key in PEM as OpenSSH writes it, without a password and a comment
 * (`openssh-key-v1`, PROTOCOL.key of OpenSSH). The same key gives the same
 * bytes; they are the caller's to zero.
 *
 * @throws SshKeyError
 */
export function toOpenSsh(pem: Uint8Array): Uint8Array {
  const key = readPrivate(pem);
  const { algorithm, blob } = readPublic(key);
  using der = exportPrivate(key);
  // Two equal numbers by which a reader knows that it decrypted well. Nothing
  // is encrypted here, so they need not be random.
  const check = hash("sha256", blob, "buffer").subarray(0, 4);
  const body: Piece = [
    check,
    check,
    string(algorithm),
    privateNumbers(key, der.bytes, blob),
    string(""),
  ];
  const padding = Uint8Array.from(
    { length: (8 - (lengthOf(body) % 8)) % 8 },
    (_, at) => at + 1,
  );
  using file = new Secret(
    join([
      Buffer.from("openssh-key-v1\0"),
      string("none"),
      string("none"),
      string(""),
      uint32(1),
      string(blob),
      string([body, padding]),
    ]),
  );
  return encodePem("OPENSSH PRIVATE KEY", file.bytes);
}

/** In the one format that shows the numbers of this kind of key. */
function exportPrivate(key: KeyObject): Secret {
  const format = "der";
  switch (key.asymmetricKeyType) {
    case "rsa":
      return new Secret(key.export({ format, type: "pkcs1" }));
    case "ec":
      return new Secret(key.export({ format, type: "sec1" }));
    default:
      return new Secret(key.export({ format, type: "pkcs8" }));
  }
}

/** What follows the name of the algorithm in the private part; views of `der`. */
function privateNumbers(
  key: KeyObject,
  der: Uint8Array,
  blob: Uint8Array,
): Piece {
  const elements = readDerSequence(der);
  switch (key.asymmetricKeyType) {
    case "rsa": {
      // RFC 8017: version, n, e, d, p, q, dp, dq, qi. OpenSSH: n, e, d, qi, p, q.
      const order = [1, 2, 3, 8, 4, 5];
      if (elements.length !== 9) throw new SshKeyError("unsupported");
      return order.map((at) => integer(readDerInteger(elements[at])));
    }
    case "ec":
      return [afterFirstString(blob), integer(readDerOctets(elements[1]))];
    default: {
      const seed = readDerOctetString(readDerOctets(elements[2]));
      const publicKey = blob.subarray(-32);
      return [afterFirstString(blob), string([seed, publicKey])];
    }
  }
}

function afterFirstString(blob: Uint8Array): Uint8Array {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  return blob.subarray(4 + view.getUint32(0));
}
