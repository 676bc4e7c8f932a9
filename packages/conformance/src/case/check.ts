// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from "node:util";
import { type ErrorDetail, type Reason, ReasonSchema } from "@assent/protocol";
import type { Answer, Code, Refused, Served } from "../wire/answer.ts";
import { Failure } from "./verdict.ts";

/** An answer in few words; never its content. */
export function summary(answer: Answer<unknown>): string {
  if (answer.kind === "served") return "served";
  if (answer.kind === "broken") return `no answer (${answer.why})`;
  return refusal(answer.code, answer.reason);
}

function refusal(code: Code, reason: Reason | undefined): string {
  return reason === undefined ? code : `${code}/${reasonName(reason)}`;
}

/** As it is written in the rules: SESSION_EXPIRED. */
export function reasonName(reason: Reason): string {
  return (
    ReasonSchema.value[reason]?.name.replace("REASON_", "") ?? String(reason)
  );
}

/** Fails unless the two are deeply equal. Not for values that hold canaries. */
export function equal<T>(assertion: string, got: T, expected: T): void {
  if (!isDeepStrictEqual(got, expected)) {
    throw new Failure(assertion, show(expected), show(got));
  }
}

/** Fails unless it holds. */
export function that(
  assertion: string,
  holds: boolean,
  got = "it does not hold",
): asserts holds {
  if (!holds) throw new Failure(assertion, "to hold", got);
}

/** Fails unless the call was served. */
export function served<M>(
  assertion: string,
  answer: Answer<M>,
): asserts answer is Served<M> {
  if (answer.kind !== "served") {
    throw new Failure(assertion, "served", summary(answer));
  }
}

/** Fails unless the call was refused with this code, and this reason if one is given. */
export function refused<M>(
  assertion: string,
  answer: Answer<M>,
  code: Code,
  reason?: Reason,
): asserts answer is Refused {
  if (
    answer.kind !== "refused" ||
    answer.code !== code ||
    (reason !== undefined && answer.reason !== reason)
  ) {
    throw new Failure(assertion, refusal(code, reason), summary(answer));
  }
}

/** Fails when the call was served: refused in any way, or cut off, is lawful. */
export function notServed<M>(assertion: string, answer: Answer<M>): void {
  if (answer.kind === "served") {
    throw new Failure(assertion, "not served", "served");
  }
}

/** Fails unless the two are alike in all that a caller can see. */
export function alike<M>(
  assertion: string,
  one: Answer<M>,
  other: Answer<M>,
): void {
  equal(assertion, visible(one), visible(other));
}

// What differs from call to call whatever the broker does.
const varying = ["date", "x-request-id", "content-length"];

function visible(answer: Answer<unknown>): unknown {
  const headers = Object.entries(answer.headers)
    .filter(([name]) => !varying.includes(name))
    .sort();
  const common = { kind: answer.kind, status: answer.httpStatus, headers };
  if (answer.kind !== "refused") return common;
  const { code, reason, message } = answer;
  return { ...common, code, reason, message, detail: bare(answer.detail) };
}

function bare(detail: ErrorDetail | undefined): unknown {
  return detail === undefined
    ? undefined
    : { reason: detail.reason, versions: detail.supportedVersions };
}

function show(value: unknown): string {
  return typeof value === "string"
    ? value
    : JSON.stringify(value, (_, inner) =>
        typeof inner === "bigint" ? String(inner) : inner,
      );
}
