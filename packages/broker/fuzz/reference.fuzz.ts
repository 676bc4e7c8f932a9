// SPDX-License-Identifier: Apache-2.0
import {
  parseScopeReference,
  parseSecretReference,
  ReferenceSyntaxError,
  type SecretReference,
} from "@assent/protocol";
import { type FuzzTarget, functionTarget } from "./fuzz-target.ts";
import { mutate } from "./mutation.ts";
import { createRandom, type Random } from "./random.ts";

const schemes = ["assent://", "op://", "ASSENT://", "assent:/", "op:", ""];
const names = [
  "Dev",
  "GitHub",
  "my token",
  "a.b-c_d",
  "k3",
  "",
  " ",
  "%20",
  "ü",
  "a:b",
  "..",
  "\n",
  "x".repeat(700),
];
const parameters = [
  ...["otp", "totp", "value", "type", "id", "content", "name", "size"].map(
    (attribute) => `attribute=${attribute}`,
  ),
  "ssh-format=openssh",
  "ssh-format=pem",
  "attribute=OTP",
  "attribute=",
  "attribute",
  "attribute=otp&ssh-format=openssh",
  "attribute=otp=",
  "Attribute=otp",
  "",
];

function make(seed: number): string {
  const random = createRandom(seed);
  const scheme = random.oneIn(8)
    ? random.pick(schemes)
    : random.pick(schemes.slice(0, 2));
  const segments = Array.from(
    { length: random.oneIn(8) ? random.below(7) : random.between(2, 4) },
    () => (random.oneIn(5) ? random.pick(names) : pickName(random)),
  );
  const end = random.oneIn(2) ? "" : `?${random.pick(parameters)}`;
  const text = scheme + segments.join("/") + end;
  if (!random.oneIn(4)) return text;
  return Buffer.from(mutate(random, Buffer.from(text))).toString(
    random.oneIn(2) ? "utf8" : "latin1",
  );
}

const pickName = (random: Random) => random.pick(names.slice(0, 5));

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const allowed = new Set(`${letters}0123456789-_. `);

/** The grammar once more, one character after the other. */
function read(text: string, fewest: number): SecretReference | undefined {
  const scheme = (["assent", "op"] as const).find((name) =>
    text.startsWith(`${name}://`),
  );
  if (scheme === undefined) return undefined;
  const own = scheme === "assent";
  if (own && text.length > 2048) return undefined;
  const segments = [""];
  let at = scheme.length + 3;
  for (; at < text.length && text[at] !== "?"; at += 1) {
    const character = text[at] ?? "";
    if (character === "/") segments.push("");
    else if (allowed.has(character)) segments.push(segments.pop() + character);
    else return undefined;
  }
  const count = segments.length;
  if (count < fewest || count > 4) return undefined;
  if (own && segments.some((name) => /^ *$/.test(name))) return undefined;
  let attribute: SecretReference["attribute"] = "value";
  let sshFormat: "openssh" | undefined;
  if (at < text.length) {
    const parameter = text.slice(at + 1);
    const [, wanted] = parameter.split("attribute=", 2);
    if (count === 2) return undefined;
    if (parameter === "ssh-format=openssh") sshFormat = "openssh";
    else if (parameter === "attribute=otp" || parameter === "attribute=totp")
      attribute = "otp";
    else if (own && parameters.slice(2, 8).includes(parameter))
      attribute = wanted as SecretReference["attribute"];
    else return undefined;
  }
  const [vault = "", item = "", third, fourth] = segments;
  return {
    scheme,
    vault,
    item,
    section: count === 4 ? third : undefined,
    field: fourth ?? third,
    attribute,
    sshFormat,
  };
}

function check(text: string): void {
  for (const [fewest, parse] of [
    [3, parseSecretReference],
    [2, parseScopeReference],
  ] as const) {
    let told: SecretReference | undefined;
    try {
      told = parse(text);
    } catch (error) {
      if (!(error instanceof ReferenceSyntaxError)) throw error;
      const { message } = error;
      if (message.includes("\n") || message.length > 120) {
        throw new Error("the message holds the text");
      }
    }
    const wanted = JSON.stringify(read(text, fewest));
    const got = JSON.stringify(told);
    if (got !== wanted) throw new Error(`told ${got}, and it is ${wanted}`);
  }
}

/** A reference is what the documented grammar says, or none (T19). */
export const target: FuzzTarget = functionTarget("reference", { make, check });
