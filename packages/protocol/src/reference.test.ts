// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { limits } from "./limits.ts";
import {
  parseScopeReference,
  parseSecretReference,
  ReferenceSyntaxError,
  type SecretReference,
} from "./reference.ts";

const plain = { attribute: "value", sshFormat: undefined } as const;

const accepted: [string, Omit<SecretReference, "scheme">][] = [
  [
    "v/i/f",
    { vault: "v", item: "i", section: undefined, field: "f", ...plain },
  ],
  ["v/i/s/f", { vault: "v", item: "i", section: "s", field: "f", ...plain }],
  [
    "Work/Git Hub/Sign-in_2/one-time password?attribute=otp",
    {
      vault: "Work",
      item: "Git Hub",
      section: "Sign-in_2",
      field: "one-time password",
      attribute: "otp",
      sshFormat: undefined,
    },
  ],
  [
    "v/i/f?attribute=totp",
    {
      vault: "v",
      item: "i",
      section: undefined,
      field: "f",
      attribute: "otp",
      sshFormat: undefined,
    },
  ],
  [
    "v/i/private key?ssh-format=openssh",
    {
      vault: "v",
      item: "i",
      section: undefined,
      field: "private key",
      attribute: "value",
      sshFormat: "openssh",
    },
  ],
  [
    "./../...",
    { vault: ".", item: "..", section: undefined, field: "...", ...plain },
  ],
  [
    "v /i/ f ",
    { vault: "v ", item: "i", section: undefined, field: " f ", ...plain },
  ],
];
for (const scheme of ["assent", "op"] as const) {
  for (const [path, expected] of accepted) {
    test(`parses ${scheme}://${path}`, () => {
      assert.equal(parseSecretReference(`${scheme}://${path}`), {
        scheme,
        ...expected,
      });
    });
  }
}

const refusedByBoth = [
  "v",
  "v/i",
  "v/i/s/f/x",
  "v/i/f?",
  "v/i/f?attribute",
  "v/i/f?attribute=",
  "v/i/f?attribute=OTP",
  "v/i/f?attribute=seed",
  "v/i/f?attribute=purpose",
  "v/i/f?Attribute=otp",
  "v/i/f?attribute=otp=totp",
  "v/i/f?attribute=otp&attribute=otp",
  "v/i/f?attribute=otp&",
  "v/i/f?attribute=otp?attribute=otp",
  "v/i/f?ssh-format=pem",
  "v/i/f?ssh-format=openssh&attribute=otp",
  "v/i/f?attribute=otp ",
  "v/i/f?attribute=otp#x",
  "v/i/f?attribute=constructor",
  "v/i/f?__proto__=x",
  "v/i/f#x",
  "v/%69/f",
  "v/i\tx/f",
  "v/i\n/f",
  "v/i/f\n",
  "v/i\u00a0x/f",
  "v/\u00fc/f",
  "v/\u0456/f",
  "v/\ud83d\ude00/f",
  "v/i\0/f",
  "v/$VAR/f",
  ...[..."+()'\":@&=,;{$}[]~!*|\\<>^`#%"].map((sign) => `v/i${sign}/f`),
];
for (const scheme of ["assent", "op"]) {
  for (const path of refusedByBoth) {
    test(`refuses ${JSON.stringify(`${scheme}://${path}`)}`, () => {
      assert.throws(() => parseSecretReference(`${scheme}://${path}`), isTyped);
    });
  }
}

for (const text of [
  "",
  "v/i/f",
  "op:/v/i/f",
  "op:v/i/f",
  "OP://v/i/f",
  "Assent://v/i/f",
  " op://v/i/f",
  "\nop://v/i/f",
  "opp://v/i/f",
  "xassent://v/i/f",
  "https://v/i/f",
]) {
  test(`refuses ${JSON.stringify(text)}: it begins with no known scheme`, () => {
    assert.throws(() => parseSecretReference(text), isTyped);
  });
}

for (const path of ["//f", "v//f", "v/i/", "v/i//f", " / / ", "///", "v/i/ "]) {
  test(`op://${path} is well-formed, assent://${path} is not: a name is empty`, () => {
    parseSecretReference(`op://${path}`);
    assert.throws(() => parseSecretReference(`assent://${path}`), isTyped);
  });
}

for (const attribute of ["value", "type", "id", "content", "name", "size"]) {
  test(`?attribute=${attribute} is our own; op:// does not know it`, () => {
    assert.is(
      parseSecretReference(`assent://v/i/f?attribute=${attribute}`).attribute,
      attribute,
    );
    assert.throws(
      () => parseSecretReference(`op://v/i/f?attribute=${attribute}`),
      isTyped,
    );
  });
}

test("assent:// ends at 2,048 characters, op:// does not", () => {
  const path = (length: number) => `v/i/${"f".repeat(length - 4)}`;
  const own = limits.referenceLength - "assent://".length;
  parseSecretReference(`assent://${path(own)}`);
  assert.throws(
    () => parseSecretReference(`assent://${path(own + 1)}`),
    isTyped,
  );
  parseSecretReference(`op://${path(5_000)}`);
});

test("a scope may name a whole item; a call may not (SES-018)", () => {
  for (const scheme of ["assent", "op"] as const) {
    assert.equal(parseScopeReference(`${scheme}://v/i`), {
      scheme,
      vault: "v",
      item: "i",
      section: undefined,
      field: undefined,
      ...plain,
    });
    assert.throws(() => parseSecretReference(`${scheme}://v/i`), isTyped);
  }
});

for (const path of ["v", "v/i?attribute=otp", "v/i?", "v/i/s/f/x", "v/*"]) {
  test(`refuses assent://${path} in a scope`, () => {
    assert.throws(() => parseScopeReference(`assent://${path}`), isTyped);
  });
}

// The established grammar, written once more as one expression.
const segment = "[A-Za-z0-9\\-_. ]*";
const established = new RegExp(
  `^op://${segment}/${segment}/(?:${segment}/)?${segment}(?:\\?(?:attribute=t?otp|ssh-format=openssh))?$`,
);
const nearReference = fc
  .array(
    fc.constantFrom(
      ..."aB9-_. ///?=&%#(",
      "attribute",
      "otp",
      "totp",
      "ssh-format",
      "openssh",
      "\u00fc",
      "\t",
      "\n",
      "op://",
      "x/y/z",
      "?attribute=otp",
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
const nearOp = fc
  .tuple(fc.constantFrom("op://", "op://v/i/f", ""), nearReference)
  .map((parts) => parts.join(""));

test("op:// is accepted exactly where the established grammar does", () => {
  let both = 0;
  fc.assert(
    fc.property(nearOp, (text) => {
      const expected = established.test(text);
      if (expected) both += 1;
      assert.is(parses(text), expected, text);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(both > 100, `only ${both} well-formed ones were tried`);
});

test("what assent:// accepts without its own attributes, op:// accepts as well", () => {
  fc.assert(
    fc.property(nearReference, (path) => {
      if (!parses(`assent://${path}`)) return;
      assert.ok(parses(`op://${path}`) || /attribute=(?!t?otp$)/.test(path));
    }),
    { numRuns: 5_000 },
  );
});

test("any text is either parsed or refused with a typed error that does not repeat it (LEAK-004)", () => {
  const units = fc
    .array(fc.nat({ max: 0xffff }))
    .map((codes) => String.fromCharCode(...codes));
  const texts = fc.oneof(units, nearOp);
  fc.assert(
    fc.property(texts, (text) => {
      for (const parse of [parseSecretReference, parseScopeReference]) {
        try {
          parse(text);
        } catch (error) {
          assert.ok(isTyped(error));
          const secret = `${text}-canary`;
          assert.not(messageOf(parse, secret)?.includes(secret));
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a parsed reference holds the names just as they were written", () => {
  const name = fc
    .array(fc.constantFrom(..."abzABZ019-_. "), { minLength: 1, maxLength: 9 })
    .map((letters) => letters.join(""))
    .filter((text) => text.trim() !== "");
  const parameter = fc.constantFrom(
    { query: "", attribute: "value" },
    { query: "?attribute=id", attribute: "id" },
    { query: "?attribute=totp", attribute: "otp" },
  );
  fc.assert(
    fc.property(
      name,
      name,
      fc.option(name, { nil: undefined }),
      name,
      parameter,
      (vault, item, section, field, { query, attribute }) => {
        const path = [vault, item, section, field].filter(
          (one) => one !== undefined,
        );
        const parsed = parseSecretReference(
          `assent://${path.join("/")}${query}`,
        );
        assert.equal(
          [parsed.vault, parsed.item, parsed.section, parsed.field],
          [vault, item, section, field],
        );
        assert.is(parsed.attribute, attribute);
      },
    ),
  );
});

function parses(text: string): boolean {
  try {
    parseSecretReference(text);
    return true;
  } catch (error) {
    if (!isTyped(error)) throw error;
    return false;
  }
}

function isTyped(error: unknown): boolean {
  return (
    error instanceof ReferenceSyntaxError &&
    error.name === "ReferenceSyntaxError" &&
    error.message !== ""
  );
}

function messageOf(
  parse: (text: string) => unknown,
  text: string,
): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test.run();
