// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from "node:child_process";
import {
  createECDH,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toOpenSsh } from "./openssh-key.ts";
import { describeSshKey, SshKeyError, type SshKeyFailure } from "./ssh-key.ts";

const hasSshKeygen =
  spawnSync("ssh-keygen", ["-?"], { stdio: "ignore" }).error === undefined;
if (!hasSshKeygen) {
  console.error(
    "NOT RUN: the SSH key tests need ssh-keygen: apt-get install openssh-client",
  );
}

/** A scalar that is written with a zero byte before or without one. */
function p256(scalar: string): KeyObject {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(scalar, "hex");
  const point = ecdh.getPublicKey();
  const part = (from: number) =>
    point.subarray(from, from + 32).toString("base64url");
  return createPrivateKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      d: Buffer.from(scalar, "hex").toString("base64url"),
      x: part(1),
      y: part(33),
    },
  });
}

const ec = (namedCurve: string) =>
  generateKeyPairSync("ec", { namedCurve }).privateKey;
const rsa = (modulusLength: number) =>
  generateKeyPairSync("rsa", { modulusLength }).privateKey;

const keys: [string, string, () => KeyObject][] = [
  ["Ed25519", "ssh-ed25519", () => generateKeyPairSync("ed25519").privateKey],
  ["RSA, 2048-bit", "ssh-rsa", () => rsa(2048)],
  ["RSA, 3072-bit", "ssh-rsa", () => rsa(3072)],
  ["ECDSA, 256-bit", "ecdsa-sha2-nistp256", () => ec("P-256")],
  ["ECDSA, 384-bit", "ecdsa-sha2-nistp384", () => ec("P-384")],
  ["ECDSA, 521-bit", "ecdsa-sha2-nistp521", () => ec("P-521")],
  [
    "ECDSA, 256-bit",
    "ecdsa-sha2-nistp256",
    () => p256(`00ff${"5a".repeat(30)}`),
  ],
  ["ECDSA, 256-bit", "ecdsa-sha2-nistp256", () => p256("fe".repeat(32))],
];

const pemOf = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ format: "pem", type: "pkcs8" }));

describe.skipIf(!hasSshKeygen)("what ssh-keygen makes of it", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "assent-ssh-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const keygen = (...argv: string[]) =>
    execFileSync("ssh-keygen", argv, { encoding: "utf8", stdio: "pipe" });

  it.each(keys)("reads %s (%s) as the same key", (keyType, algorithm, make) => {
    const key = make();
    const details = describeSshKey(pemOf(key));
    const file = join(directory, "key");
    writeFileSync(file, toOpenSsh(pemOf(key)), { mode: 0o600 });

    expect(details.keyType).toBe(keyType);
    expect(details.publicKey.split(" ")[0]).toBe(algorithm);
    expect(keygen("-y", "-f", file).trim()).toBe(details.publicKey);
    expect(keygen("-l", "-f", file).split(" ")[1]).toBe(details.fingerprint);

    const message = join(directory, "message");
    writeFileSync(message, "what is signed");
    keygen("-Y", "sign", "-f", file, "-n", "assent", message);
    const check = ["-Y", "check-novalidate", "-n", "assent"];
    execFileSync("ssh-keygen", [...check, "-s", `${message}.sig`], {
      input: "what is signed",
      stdio: "pipe",
    });
    rmSync(`${message}.sig`);

    // ssh-keygen writes every kind but this one as PKCS #8.
    if (algorithm === "ssh-ed25519") return;
    keygen("-p", "-m", "PKCS8", "-N", "", "-P", "", "-f", file);
    expect(pemOf(createPrivateKey(readFileSync(file)))).toEqual(pemOf(key));
  });

  it("writes byte for byte what ssh-keygen writes, but for the two check numbers", () => {
    const file = join(directory, "made");
    keygen("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file);
    const theirs = readFileSync(file, "utf8");
    const { body, algorithmAt } = decode(theirs);
    const seedAt = algorithmAt + "ssh-ed25519".length + 4 + 32 + 4;
    const key = createPrivateKey({
      key: Buffer.concat([
        Buffer.from("302e020100300506032b657004220420", "hex"),
        body.subarray(seedAt, seedAt + 32),
      ]),
      format: "der",
      type: "pkcs8",
    });
    const ours = Buffer.from(toOpenSsh(pemOf(key))).toString();
    expect(withoutCheck(ours)).toEqual(withoutCheck(theirs));
    expect(ours.split("\n").map((line) => line.length)).toEqual(
      theirs.split("\n").map((line) => line.length),
    );
  });
});

/** The bytes of an Ed25519 key file, and where its private part names the algorithm. */
function decode(pem: string) {
  const body = Buffer.from(pem.replace(/-----.*-----|\n/g, ""), "base64");
  const first = body.indexOf("ssh-ed25519");
  return { body, algorithmAt: body.indexOf("ssh-ed25519", first + 1) };
}

function withoutCheck(pem: string): Buffer {
  const { body, algorithmAt } = decode(pem);
  return body.fill(0, algorithmAt - 12, algorithmAt - 4);
}

describe("toOpenSsh", () => {
  it("gives the same bytes each time, in memory of the caller's own", () => {
    const pem = pemOf(generateKeyPairSync("ed25519").privateKey);
    const first = toOpenSsh(pem);
    const copy = first.slice();
    const second = toOpenSsh(pem);
    expect(second).toEqual(first);
    second.fill(0);
    expect(first).toEqual(copy);
  });

  it("leaves the stored key as it was", () => {
    const pem = pemOf(rsa(2048));
    const before = Buffer.from(pem);
    toOpenSsh(pem);
    expect(pem).toEqual(before);
  });

  it("reads a key out of a larger buffer, with other line ends and blanks after it", () => {
    const pem = pemOf(generateKeyPairSync("ed25519").privateKey);
    const text = `xx${pem.toString().replaceAll("\n", "\r\n")}\n\n`;
    const view = new Uint8Array(Buffer.from(text)).subarray(2);
    expect(toOpenSsh(view)).toEqual(toOpenSsh(pem));
  });
});

const pem = (key: KeyObject): string => pemOf(key).toString();

function encrypted(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const under = { cipher: "aes-256-cbc", passphrase: "canary" };
  return privateKey
    .export({ format: "pem", type: "pkcs8", ...under })
    .toString();
}

function publicOnly(): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  return publicKey.export({ format: "pem", type: "spki" }).toString();
}

describe("a key that cannot be used", () => {
  const failureOf = (use: () => unknown): unknown => {
    try {
      use();
      return "none";
    } catch (error) {
      return error instanceof SshKeyError ? error.failure : error;
    }
  };
  const unusable: [string, SshKeyFailure, () => string][] = [
    ["empty", "unreadable", () => ""],
    ["no PEM", "unreadable", () => "canary"],
    ["under a password", "unreadable", encrypted],
    ["a public key", "unreadable", publicOnly],
    ["cut off", "unreadable", () => pem(ec("P-256")).slice(0, 90)],
    ["of another curve", "unsupported", () => pem(ec("secp256k1"))],
    [
      "of a curve without a JWK name",
      "unsupported",
      () => pem(ec("brainpoolP256r1")),
    ],
    [
      "for key agreement",
      "unsupported",
      () => pem(generateKeyPairSync("x25519").privateKey),
    ],
    [
      "of another Edwards curve",
      "unsupported",
      () => pem(generateKeyPairSync("ed448").privateKey),
    ],
  ];
  it.each(unusable)("is told as such when it is %s: %s", (_, failure, make) => {
    const stored = Buffer.from(make());
    expect(failureOf(() => toOpenSsh(stored))).toBe(failure);
    expect(failureOf(() => describeSshKey(stored))).toBe(failure);
  });
});
