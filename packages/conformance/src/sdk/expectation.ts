// SPDX-License-Identifier: Apache-2.0
import {
  type SdkError,
  SdkErrorKind,
  SdkErrorKindSchema,
} from "@assent/protocol/conformance";
import { Failure } from "../case/verdict.ts";
import type { DriverResult } from "./driver-process.ts";

/** What came of a call, in few words; never a value. */
export function summary(result: DriverResult): string {
  if (result.case !== "error") {
    return result.case === "read" ? "a value" : String(result.case);
  }
  const { kind, nativeType } = result.value;
  return `${kindName(kind)} (${nativeType})`;
}

/** As it is written in the driver protocol. */
export function kindName(kind: SdkErrorKind): string {
  const name = SdkErrorKindSchema.value[kind]?.name;
  return name?.replace("SDK_ERROR_KIND_", "") ?? `kind ${kind}`;
}

/** Fails unless the read gave this value; neither is shown. */
export function gives(
  assertion: string,
  result: DriverResult,
  value: string,
): void {
  if (result.case !== "read") {
    throw new Failure(assertion, "a value", summary(result));
  }
  if (result.value.value !== value) {
    throw new Failure(assertion, "the value", "another value");
  }
}

/** Fails unless the call went well. */
export function wentWell(assertion: string, result: DriverResult): void {
  if (result.case === "ok" || result.case === "read") return;
  throw new Failure(assertion, "to go well", summary(result));
}

/** Fails unless it failed with one of these kinds; with none given, with any that is typed. */
export function failed(
  assertion: string,
  result: DriverResult,
  ...kinds: readonly SdkErrorKind[]
): SdkError {
  const names = kinds.map(kindName).join(" or ") || "a typed error";
  if (result.case !== "error") {
    throw new Failure(assertion, names, summary(result));
  }
  const { kind, nativeType } = result.value;
  const isTyped = kind !== SdkErrorKind.UNSPECIFIED && nativeType !== "";
  if (!isTyped || (kinds.length > 0 && !kinds.includes(kind))) {
    throw new Failure(assertion, names, summary(result));
  }
  return result.value;
}

/** Fails unless the number is at most this. */
export function atMost(assertion: string, got: number, most: number): void {
  if (got > most) throw new Failure(assertion, `at most ${most}`, `${got}`);
}
