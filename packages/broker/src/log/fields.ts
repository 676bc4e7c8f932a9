// SPDX-License-Identifier: Apache-2.0
import { makeSafe } from "@assent/wording";
import type { LogFields } from "./log.ts";

/** A field as it is written. */
export type LogValue = string | number | boolean;

type Form = (value: unknown) => LogValue | undefined;

const number: Form = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
const switched: Form = (value) =>
  typeof value === "boolean" ? value : number(value);
const matching =
  (pattern: RegExp): Form =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? value : undefined;
const id = matching(/^[A-Za-z0-9_-]{1,64}$/);
const word = matching(/^[A-Za-z0-9][\w .:/-]{0,79}$/);
const text =
  (maxLength: number): Form =>
  (value) =>
    typeof value === "string" ? makeSafe(value, { maxLength }) : undefined;

const forms: { readonly [name in keyof Required<LogFields>]: Form } = {
  pid: number,
  uid: number,
  account: id,
  prompt: id,
  session: id,
  reason: word,
  code: word,
  channel: word,
  method: word,
  operation: word,
  kind: word,
  setting: word,
  version: word,
  from: switched,
  to: switched,
  count: number,
  durationMs: number,
  program: text(500),
  path: text(500),
  where: text(500),
  detail: text(700),
};

/**
 * The fields that may be written, in their fixed order: what has no place
 * here, or not its form, is left out, whatever the types were told. The one
 * place where text of others is made safe for the log (T20, T21).
 */
export function allowedFields(
  fields: LogFields,
): Readonly<Record<string, LogValue>> {
  const allowed: Record<string, LogValue> = {};
  for (const [name, form] of Object.entries(forms)) {
    const value = form(fields[name as keyof LogFields]);
    if (value !== undefined) allowed[name] = value;
  }
  return allowed;
}
