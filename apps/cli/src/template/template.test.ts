// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTemplate, TemplateError } from "./template.ts";

const value = "<v>";

function filled(text: string): string {
  const template = parseTemplate(Buffer.from(text, "latin1"));
  const bytes = template.fill(() => Buffer.from(value));
  return Buffer.from(bytes).toString("latin1");
}

test("fills in references between braces, whose names may have spaces", () => {
  expect(filled("a: {{ assent://Dev/Git Hub/token }}\n")).toBe("a: <v>\n");
  expect(filled("{{op://a/b/s/c}}{{\tassent://a/b/c?attribute=otp  }}")).toBe(
    "<v><v>",
  );
});

test("fills in bare references up to the first sign that none has", () => {
  expect(filled('a="assent://Dev/GitHub/token";')).toBe('a="<v>";');
  expect(filled("op://a/b/c?attribute=otp\nassent://a/b/s/c")).toBe("<v>\n<v>");
  expect(filled("url://x:assent://a/b/c@host")).toBe("url://x:<v>@host");
});

test("leaves everything else as it is, byte for byte", () => {
  for (const text of [
    "",
    "{{ .Values.name }} {% if x %} {{{",
    "xassent://a/b/c shop://a/b/c a+op://a/b/c \\op://a/b/c",
    "http://a/b/c",
    "{{ https://a/b }} }}",
    "\0\xff\r\n\x80",
  ]) {
    expect(filled(text)).toBe(text);
    expect(parseTemplate(Buffer.from(text)).references).toEqual([]);
  }
});

test("a value is put in as it is, and never looked at again", () => {
  const template = parseTemplate(Buffer.from("x {{ assent://a/b/c }} y"));
  const inner = Buffer.from("{{ assent://a/b/d }} \xff$&", "latin1");
  expect(Buffer.from(template.fill(() => inner)).toString("latin1")).toBe(
    "x {{ assent://a/b/d }} \xff$& y",
  );
});

test("names each reference once, in order", () => {
  const text = "assent://a/b/c {{ op://x/y/z }} {{ assent://a/b/c }}";
  expect(parseTemplate(Buffer.from(text)).references).toEqual([
    "assent://a/b/c",
    "op://x/y/z",
  ]);
});

function refusal(text: string): TemplateError {
  try {
    parseTemplate(Buffer.from(text));
  } catch (error) {
    if (error instanceof TemplateError) return error;
  }
  throw new Error("it was accepted");
}

test("one that is not closed is told with its line", () => {
  for (const text of [
    "a\nb {{ assent://a/b/c",
    "a\nb {{ assent://a/b/c }\n}}",
    "a\nb {{ assent://a/b/c\n}} {{ x }}",
  ]) {
    expect(refusal(text)).toMatchObject({
      line: 2,
      message: "a reference is not closed with }}",
    });
  }
});

test("what looks like a reference and is none is told with its line, without its text", () => {
  for (const text of [
    "\n\n{{ assent://a/b }}",
    "\n\nassent://hunter2",
    "\n\n{{ assent://a/b/c?attribute=seed }}",
    "\n\n{{ op://a/b/hunter2\u00fc }}",
  ]) {
    const { line, message } = refusal(text);
    expect(line).toBe(3);
    expect(message).toContain("no secret reference");
    expect(message).not.toContain("hunter2");
  }
});

test("any bytes are either filled in or refused with a typed error", () => {
  const piece = fc.constantFrom(
    ..."{} \n\\x.",
    "{{",
    "}}",
    "assent://",
    "op://",
    "a/b/c",
    "?attribute=otp",
    "\xff",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join("");
      try {
        const { references } = parseTemplate(Buffer.from(text, "latin1"));
        if (references.length === 0) expect(filled(text)).toBe(text);
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateError);
      }
    }),
    { numRuns: 5_000 },
  );
});
