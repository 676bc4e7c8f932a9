// SPDX-License-Identifier: Apache-2.0
// References that begin with op:// mean what they mean elsewhere: each of many
// is taken or refused here as the validator of 1Password's SDK does, offline.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createRandom, type Random } from "../packages/broker/fuzz/random.ts";
import { validateSecretReference } from "../packages/sdk-browserless/src/reference-failure.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "counterparts", "node_modules", "@1password", "sdk");
const references = 200_000;

const schemes = [
  "op://",
  "op://",
  "op://",
  "op:/",
  "OP://",
  "op:",
  "",
  " op://",
];
const names = [
  ...["Dev", "GitHub", "my token", "a.b-c_d", "", " ", "..", "-", "%20"],
  ...[
    "ü",
    "a:b",
    "a\tb",
    "a\nb",
    "a+b",
    "😀",
    "a=b",
    "a&b",
    "a#b",
    "a\\b",
    "?",
  ],
];
const parameters = [
  ...["attribute=otp", "attribute=totp", "attribute=OTP", "attribute=value"],
  ...["attribute=type", "attribute=", "attribute", "attribute=otp=", "=otp"],
  ...["ssh-format=openssh", "ssh-format=pem", "ssh-format", "Attribute=otp"],
  ...["attribute=otp&ssh-format=openssh", "attribute=otp&", "x=y", "", "?"],
];

function make(random: Random): string {
  const count = random.oneIn(6) ? random.below(7) : 3 + random.below(2);
  const segments = Array.from({ length: count }, () =>
    random.pick(random.oneIn(4) ? names : names.slice(0, 4)),
  );
  const end = random.oneIn(2) ? "" : `?${random.pick(parameters)}`;
  const scheme = random.oneIn(8) ? random.pick(schemes) : "op://";
  const text = scheme + segments.join("/") + end;
  if (!random.oneIn(4)) return text;
  const at = random.below(text.length + 1);
  const other = random.pick([..."/?=&.%\u0000\u00e9 x", "op://"]);
  return text.slice(0, at) + other + text.slice(at + random.below(2));
}

const isTaken = (validate: (text: string) => void, text: string) => {
  try {
    validate(text);
    return true;
  } catch {
    return false;
  }
};

test.runIf(existsSync(folder))(
  `${references} references of op:// are taken as by @1password/sdk; NOT RUN without: (cd counterparts && npm ci)`,
  async () => {
    const entry = pathToFileURL(join(folder, "dist", "sdk.js")).href;
    const { Secrets } = await import(entry);
    const random = createRandom(1);
    let taken = 0;
    for (let left = references; left > 0; left -= 1) {
      const text = make(random);
      const theirs = isTaken(Secrets.validateSecretReference, text);
      const ours = isTaken(validateSecretReference, text);
      if (theirs) taken += 1;
      if (ours !== theirs)
        expect({ text, taken: ours }).toEqual({ text, taken: theirs });
    }
    // Both kinds were among them.
    expect(taken).toBeGreaterThan(references / 5);
    expect(taken).toBeLessThan((references * 4) / 5);
  },
  120_000,
);
