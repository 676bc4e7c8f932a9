// SPDX-License-Identifier: Apache-2.0
import { limits } from "./limits.ts";

/** What a reference asks of the field it names. */
export type ReferenceAttribute =
  | "value"
  | "otp"
  | "type"
  | "id"
  | "content"
  | "name"
  | "size";

/** A parsed secret reference. */
export interface SecretReference {
  readonly scheme: "assent" | "op";
  /** Name or id. */
  readonly vault: string;
  /** Name or id. */
  readonly item: string;
  /** Name or id; undefined: not named. */
  readonly section: string | undefined;
  /** Name or id; undefined only in a scope, where it means the whole item. */
  readonly field: string | undefined;
  /** `totp` is told as `otp`. */
  readonly attribute: ReferenceAttribute;
  /** Private key in the format of OpenSSH. */
  readonly sshFormat: "openssh" | undefined;
}

/** The text is no secret reference. The message names the rule, never the text. */
export class ReferenceSyntaxError extends Error {
  override readonly name = "ReferenceSyntaxError";
}

const segmentPattern = /^[A-Za-z0-9\-_. ]*$/;
const otpAttributes = ["otp", "totp"];
const ownAttributes = ["value", "type", "id", "content", "name", "size"];

/**
 * Parse `assent://vault/item/[section/]field[?attribute=…|?ssh-format=openssh]`.
 * `op://` is an alias with exactly the established grammar: it allows empty
 * segments and knows fewer attributes. There is no escaping: what holds other
 * characters is named by its id.
 *
 * @throws ReferenceSyntaxError
 */
export function parseSecretReference(text: string): SecretReference {
  return parse(text, 3);
}

/**
 * Parse a reference of a scope: as a secret reference, or
 * `assent://vault/item` for every field of one item.
 *
 * @throws ReferenceSyntaxError
 */
export function parseScopeReference(text: string): SecretReference {
  return parse(text, 2);
}

function parse(text: string, fewest: 2 | 3): SecretReference {
  const scheme = /^(assent|op):\/\//.exec(text)?.[1] as
    | "assent"
    | "op"
    | undefined;
  if (scheme === undefined) fail("a reference begins with assent:// or op://");
  const own = scheme === "assent";
  if (own && text.length > limits.referenceLength) {
    fail(`a reference has at most ${limits.referenceLength} characters`);
  }
  const rest = text.slice(scheme.length + 3);
  const mark = rest.indexOf("?");
  const segments = (mark < 0 ? rest : rest.slice(0, mark)).split("/");
  if (segments.length < fewest || segments.length > 4) {
    fail("a reference is vault/item/field or vault/item/section/field");
  }
  for (const segment of segments) {
    if (!segmentPattern.test(segment)) {
      fail(
        "names in a reference have letters, digits, '-', '_', '.' and spaces only; use the id",
      );
    }
    if (own && segment.trim() === "") fail("a name in a reference is empty");
  }
  const [vault = "", item = ""] = segments;
  if (segments.length === 2 && mark >= 0) fail("a parameter needs a field");
  return {
    scheme,
    vault,
    item,
    section: segments.length === 4 ? segments[2] : undefined,
    field: segments.length === 2 ? undefined : segments.at(-1),
    ...parseParameter(mark < 0 ? undefined : rest.slice(mark + 1), own),
  };
}

function parseParameter(
  text: string | undefined,
  own: boolean,
): Pick<SecretReference, "attribute" | "sshFormat"> {
  if (text === undefined) return { attribute: "value", sshFormat: undefined };
  const [key, value, more] = text.split("=");
  if (text.includes("&") || value === undefined || more !== undefined) {
    fail("a reference has one parameter, as in ?attribute=otp");
  }
  if (key === "ssh-format") {
    if (value !== "openssh") fail("the only ssh-format is openssh");
    return { attribute: "value", sshFormat: "openssh" };
  }
  if (key !== "attribute") fail("a parameter is attribute or ssh-format");
  if (otpAttributes.includes(value)) {
    return { attribute: "otp", sshFormat: undefined };
  }
  if (!own || !ownAttributes.includes(value)) fail("no such attribute");
  return { attribute: value as ReferenceAttribute, sshFormat: undefined };
}

function fail(message: string): never {
  throw new ReferenceSyntaxError(message);
}
