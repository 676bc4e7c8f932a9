// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase32 } from "./base32.ts";
import { oneTimePassword } from "./one-time-password.ts";
import { readSeed } from "./otpauth.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const code = (value: string, nowMs: number) => {
  const digits = oneTimePassword(bytes(value), nowMs);
  return digits === undefined ? undefined : Buffer.from(digits).toString();
};

/** Written apart from the code under test, on strings. */
function base32(text: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...Buffer.from(text, "latin1")]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

describe("test vectors of RFC 6238, appendix B", () => {
  const seeds = { SHA1: 20, SHA256: 32, SHA512: 64 };
  const vectors = [
    [59, "SHA1", "94287082"],
    [59, "SHA256", "46119246"],
    [59, "SHA512", "90693936"],
    [1111111109, "SHA1", "07081804"],
    [1111111109, "SHA256", "68084774"],
    [1111111109, "SHA512", "25091201"],
    [1234567890, "SHA1", "89005924"],
    [1234567890, "SHA256", "91819424"],
    [1234567890, "SHA512", "93441116"],
    [20000000000, "SHA1", "65353130"],
    [20000000000, "SHA256", "77737706"],
    [20000000000, "SHA512", "47863826"],
  ] as const;
  it.each(vectors)("%i s, %s: %s", (seconds, algorithm, expected) => {
    const length = seeds[algorithm];
    const secret = base32("1234567890".repeat(7).slice(0, length));
    const uri = `otpauth://totp/x?secret=${secret}&algorithm=${algorithm}&digits=8`;
    expect(code(uri, seconds * 1000)).toBe(expected);
  });
});

// SHA-1, 6 digits, 30 s, of the seed "12345678901234567890" at 59 s (RFC 6238).
const seed = base32("12345678901234567890");
const at = 59_000;
const expected = "287082";

describe("the seed alone", () => {
  it.each([
    ["in upper case", seed],
    ["in lower case", seed.toLowerCase()],
    ["in groups with blanks", seed.replace(/(.{4})/g, "$1 ")],
    ["in groups with hyphens", seed.replace(/(.{4})/g, "$1-")],
    ["padded", `${seed}======`],
    ["with blanks and line ends around it", `\n ${seed}\r\n`],
  ])("gives a code %s", (_, value) => {
    expect(code(value, at)).toBe(expected);
  });

  it.each([
    ["empty", ""],
    ["blank", "  \n"],
    ["padding alone", "===="],
    ["less than one byte", "A"],
    ["the digit 0", "JBSWY3DP0HPK3PXP"],
    ["the digit 1", "JBSWY3DP1HPK3PXP"],
    ["the digit 8", "JBSWY3DP8HPK3PXP"],
    ["a tab inside", "JBSWY3DP\tEHPK3PXP"],
    ["a letter beyond ASCII", "JBSWY3DPEHPK3PX\u00c9"],
    ["the Steam scheme", "steam://JBSWY3DPEHPK3PXP"],
    ["hexadecimal with a prefix", "0x3132333435"],
  ])("gives none when it is %s", (_, value) => {
    expect(code(value, at)).toBeUndefined();
  });
});

describe("an otpauth URI", () => {
  it.each([
    ["with the secret alone", `otpauth://totp/?secret=${seed}`],
    [
      "with a label and an issuer",
      `otpauth://totp/A%3Ab?issuer=A&secret=${seed}`,
    ],
    ["in capitals", `OTPAUTH://TOTP/x?SECRET=${seed}&DIGITS=6`],
    [
      "with the defaults written out",
      `otpauth://totp/x?period=30&digits=6&algorithm=sha1&secret=${seed}`,
    ],
    [
      "with an escaped blank",
      `otpauth://totp/x?secret=${seed.slice(0, 8)}%20${seed.slice(8)}`,
    ],
    ["with escaped padding", `otpauth://totp/x?secret=${seed}%3D%3d`],
    ["with an escaped letter", `otpauth://totp/x?secret=%47${seed.slice(1)}`],
    [
      "with parameters nobody knows",
      `otpauth://totp/x?image=u&secret=${seed}&x&=&y=1`,
    ],
  ])("gives a code %s", (_, value) => {
    expect(seed[0]).toBe("G");
    expect(code(value, at)).toBe(expected);
  });

  const uri = (rest: string) => `otpauth://totp/x?secret=${seed}${rest}`;
  it.each([
    ["Steam's encoder", uri("&encoder=steam")],
    ["an encoder nobody knows", uri("&encoder=x")],
    ["an encoder without a value", uri("&encoder")],
    ["an encoder in disguise", uri("&%65ncoder=steam")],
    ["MD5", uri("&algorithm=MD5")],
    ["an empty algorithm", uri("&algorithm=")],
    ["5 digits", uri("&digits=5")],
    ["11 digits", uri("&digits=11")],
    ["digits that are no number", uri("&digits=six")],
    ["digits that are no whole number", uri("&digits=6.5")],
    ["digits with a sign", uri("&digits=+6")],
    ["a period of no seconds", uri("&period=0")],
    ["a period of 301 seconds", uri("&period=301")],
    ["digits given twice", uri("&digits=6&digits=8")],
    ["two secrets", uri(`&secret=${seed}`)],
    ["no secret", "otpauth://totp/x?digits=6"],
    ["an empty secret", "otpauth://totp/x?secret="],
    ["no parameters", "otpauth://totp/x"],
    ["a counter", `otpauth://hotp/x?secret=${seed}&counter=1`],
    ["a type nobody knows", `otpauth://totpx/x?secret=${seed}`],
    ["a broken escape", uri("%2")],
    ["an escape that is none", uri("%zz")],
    ["a fragment", uri("#x")],
    ["the migration format", "otpauth-migration://offline?data=x"],
  ])("gives none with %s", (_, value) => {
    expect(code(value, at)).toBeUndefined();
  });

  it.each([6, 7, 8, 9, 10])("gives %i digits, leading zeros kept", (digits) => {
    // The number behind this code is 137359152 (RFC 6238, 1111111109 s, SHA-1: 07081804).
    const value = code(uri(`&digits=${digits}`), 1_111_111_109_000);
    expect(value).toHaveLength(digits);
    expect("07081804".endsWith(value?.slice(-6) ?? "-")).toBe(true);
  });

  it.each([1, 29, 300])(
    "changes its code every %i seconds and not before",
    (period) => {
      const value = uri(`&period=${period}&digits=10`);
      const start = 7_000 * period * 1000;
      expect(code(value, start)).toBe(code(value, start + period * 1000 - 1));
      expect(code(value, start)).not.toBe(code(value, start - 1));
      expect(code(value, start)).not.toBe(code(value, start + period * 1000));
    },
  );
});

describe("oneTimePassword", () => {
  it.each([-1, Number.NaN, Number.NEGATIVE_INFINITY])(
    "gives no code at %d",
    (nowMs) => {
      expect(code(seed, nowMs)).toBeUndefined();
    },
  );

  it("leaves the value as it was", () => {
    const value = bytes(`otpauth://totp/x?secret=${seed}%20`);
    const before = value.slice();
    oneTimePassword(value, at);
    expect(value).toEqual(before);
  });

  it("never throws, whatever the value", () => {
    const near = fc
      .array(
        fc.constantFrom(
          "otpauth://",
          "totp/",
          "x?",
          "secret=",
          seed,
          "&",
          "%",
          "%3",
          "digits=8",
          "period=",
          "30",
          "\u0000",
          " ",
        ),
      )
      .map((parts) => bytes(parts.join("")));
    fc.assert(
      fc.property(fc.oneof(near, fc.uint8Array()), fc.double(), (value, ms) => {
        const digits = oneTimePassword(value, Math.abs(ms) % 1e15);
        if (digits === undefined) return;
        expect(Buffer.from(digits).toString()).toMatch(/^\d{6,10}$/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("readSeed", () => {
  it("zeroes the key on disposal", () => {
    const read = readSeed(bytes(seed));
    const key = read?.key ?? new Uint8Array();
    expect(Buffer.from(key).toString()).toBe("12345678901234567890");
    read?.[Symbol.dispose]();
    expect([...key]).toEqual(Array(20).fill(0));
  });
});

describe("decodeBase32", () => {
  it("reads back what was written", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (original) => {
        const text = base32(Buffer.from(original).toString("latin1"));
        expect(decodeBase32(bytes(text))).toEqual(Buffer.from(original));
      }),
    );
  });
});
