// SPDX-License-Identifier: Apache-2.0
import { parseSecretReference, ReferenceSyntaxError } from "@assent/protocol";

/** Text with secret references in it. */
export interface Template {
  /** Each once, in the order they come. */
  readonly references: readonly string[];
  /** The text with values in their places, as they are. To be zeroed after use. */
  fill(read: (reference: string) => Uint8Array): Uint8Array;
}

/** A template breaks a rule, on this line. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  /** From 1. */
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

// Either between braces, where names may have spaces, or bare: not within
// another word, and up to the first sign that no reference without spaces has.
const places =
  /\{\{[ \t]*(?=(?:assent|op):\/\/)|(?<![A-Za-z0-9+\\.-])(?:assent|op):\/\/[\w./?=-]*/g;

/**
 * Find the references of a template: `{{ assent://… }}`, and bare ones. All
 * other bytes stay as they are, other braces as well.
 *
 * @throws TemplateError for one that is not closed, or none
 */
export function parseTemplate(bytes: Uint8Array): Template {
  // References are ASCII: a sign for each byte leaves all others alone.
  const text = Buffer.from(bytes).toString("latin1");
  const parts: { readonly until: number; readonly reference: string }[] = [];
  const ends: number[] = [];
  places.lastIndex = 0;
  for (;;) {
    const found = places.exec(text);
    if (found === null) break;
    const [opening] = found;
    const start = found.index;
    const after = start + opening.length;
    if (opening.startsWith("{{")) {
      const close = closingAt(text, after);
      if (close === undefined) {
        throw new TemplateError(
          lineOf(text, start),
          "a reference is not closed with }}",
        );
      }
      const reference = text.slice(after, close).trimEnd();
      check(reference, text, start);
      parts.push({ until: start, reference });
      places.lastIndex = close + 2;
    } else {
      check(opening, text, start);
      parts.push({ until: start, reference: opening });
    }
    ends.push(places.lastIndex);
  }
  return {
    references: [...new Set(parts.map(({ reference }) => reference))],
    fill(read) {
      const pieces: Uint8Array[] = [];
      let from = 0;
      for (const [at, { until, reference }] of parts.entries()) {
        pieces.push(bytes.subarray(from, until), read(reference));
        from = ends[at] ?? from;
      }
      return Buffer.concat([...pieces, bytes.subarray(from)]);
    },
  };
}

function closingAt(text: string, from: number): number | undefined {
  const close = text.indexOf("}}", from);
  const line = text.indexOf("\n", from);
  return close < 0 || (line >= 0 && line < close) ? undefined : close;
}

// Without its text, which may be a secret in the wrong place.
function check(reference: string, text: string, at: number): void {
  try {
    parseSecretReference(reference);
  } catch (error) {
    if (!(error instanceof ReferenceSyntaxError)) throw error;
    throw new TemplateError(
      lineOf(text, at),
      `it is no secret reference: ${error.message}`,
    );
  }
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
