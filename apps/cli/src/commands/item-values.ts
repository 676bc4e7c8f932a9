// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { FieldType, type Item } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { usageError } from "../exit.ts";
import type { AccountOptions, Authenticated } from "../owner/session.ts";
import { type FieldSpec, findField, setField } from "./field-spec.ts";
import { newPassword } from "./new-password.ts";

/** Options of a command that sets values of an item. */
export interface ValueOptions extends AccountOptions {
  readonly field?: FieldSpec[];
  readonly stdin?: boolean;
  /** New passwords instead of values: of so many signs, or as many as usual. */
  readonly generate?: number | true;
  readonly notes?: boolean;
}

/**
 * Set the fields that are named, each value made, from the input, or asked for;
 * then the notes.
 */
export async function setValues(
  item: Item,
  { secrets }: Authenticated,
  options: ValueOptions,
): Promise<void> {
  const specs = options.field ?? [];
  const fromInput = options.stdin === true || options.passwordStdin === true;
  const isAlone = specs.length === 1 && options.notes !== true;
  if (options.generate !== undefined && specs.length === 0) {
    throw usageError("Name the field of the new password with --field.");
  }
  for (const spec of specs) {
    const value =
      options.generate !== undefined
        ? passwordFor(item, spec, options.generate)
        : !fromInput
          ? await secrets.ask(`Value of ${makeSafe(spec.name)}`)
          : isAlone
            ? withoutNewline(await secrets.rest())
            : await secrets.nextLine();
    if (value === undefined) {
      throw usageError(
        `The input ended before the value of ${makeSafe(spec.name)}.`,
      );
    }
    setField(item, spec, value, randomUUID);
  }
  if (options.notes !== true) return;
  item.notes = fromInput
    ? withoutNewline(await secrets.rest())
    : await secrets.ask("Notes");
}

function passwordFor(
  item: Item,
  spec: FieldSpec,
  signs: number | true,
): Uint8Array {
  const type = spec.type ?? findField(item, spec)?.type ?? FieldType.CONCEALED;
  if (type !== FieldType.CONCEALED) {
    throw usageError(
      `${makeSafe(spec.name)} is not concealed: no password is made for it.`,
    );
  }
  const length = signs === true ? {} : { length: signs };
  return Buffer.from(newPassword({ type: "random", ...length }));
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end -= 1;
  if (end < bytes.length && bytes[end - 1] === 0x0d) end -= 1;
  return bytes.subarray(0, end);
}
