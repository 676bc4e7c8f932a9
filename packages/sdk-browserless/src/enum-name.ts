// SPDX-License-Identifier: Apache-2.0
import type { DescEnum } from "@bufbuild/protobuf";

/** An enum of the schema by the names programs write: `API_CREDENTIAL` is `api-credential`. */
export interface EnumNames<Name extends string, Value extends number> {
  /** `unknown` for a value this SDK does not know. */
  name(value: number): Name | "unknown";
  /** Undefined for what is no name of the enum. */
  value(name: string): Value | undefined;
}

export function createEnumNames<Name extends string, Value extends number>(
  schema: DescEnum,
): EnumNames<Name, Value> {
  const names = new Map<number, Name>();
  const values = new Map<string, Value>();
  for (const { localName, number } of schema.values) {
    if (number === 0) continue;
    const name = localName.toLowerCase().replaceAll("_", "-");
    names.set(number, name as Name);
    values.set(name, number as Value);
  }
  return {
    name: (value) => names.get(value) ?? "unknown",
    value: (name) => values.get(name),
  };
}
