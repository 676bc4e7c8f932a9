// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { inspect, promisify } from "node:util";
import {
  type ChildResultSchema,
  SdkErrorKind,
  type SdkErrorSchema,
} from "@assent/protocol/conformance";
import type { ErrorCode } from "@assent/sdk-browserless";
import type { MessageInitShape } from "@bufbuild/protobuf";

const kinds: Readonly<Partial<Record<ErrorCode, SdkErrorKind>>> = {
  "prompt-denied": SdkErrorKind.DENIED,
  "prompt-timed-out": SdkErrorKind.PROMPT_TIMED_OUT,
  "session-expired": SdkErrorKind.EXPIRED,
  "account-locked": SdkErrorKind.LOCKED,
  "session-revoked": SdkErrorKind.REVOKED,
  "out-of-scope": SdkErrorKind.OUT_OF_SCOPE,
  unavailable: SdkErrorKind.UNAVAILABLE,
  "integration-disabled": SdkErrorKind.UNAVAILABLE,
  "outcome-unknown": SdkErrorKind.OUTCOME_UNKNOWN,
  "deadline-exceeded": SdkErrorKind.DEADLINE_EXCEEDED,
  canceled: SdkErrorKind.CANCELED,
  closed: SdkErrorKind.DISPOSED,
  "untrusted-endpoint": SdkErrorKind.UNTRUSTED_ENDPOINT,
  "version-unsupported": SdkErrorKind.VERSION_MISMATCH,
  "malformed-answer": SdkErrorKind.PROTOCOL,
  "limit-exceeded": SdkErrorKind.RESOURCE_EXHAUSTED,
  "too-many-prompts": SdkErrorKind.RESOURCE_EXHAUSTED,
  "not-found": SdkErrorKind.NOT_FOUND,
};

/** What the suite is told of an error: by its code, never by its text. */
export function showError(
  error: unknown,
): MessageInitShape<typeof SdkErrorSchema> {
  const { name, code } = error as { name?: string; code?: ErrorCode };
  return {
    kind: (code && kinds[code]) ?? SdkErrorKind.OTHER,
    nativeType: `${name} ${code}`,
    renderings: renderings(error),
  };
}

/** Everything a program could print of a value. */
export function renderings(value: unknown): string[] {
  const shown = [
    String(value),
    JSON.stringify(value) ?? "",
    inspect(value),
    inspect(value, { depth: null, showHidden: true, getters: true }),
  ];
  if (typeof value !== "object" || value === null) return shown;
  for (let part = value; part; part = Object.getPrototypeOf(part)) {
    for (const key of Reflect.ownKeys(part)) {
      shown.push(`${String(key)}: ${inspect(Reflect.get(part, key, value))}`);
    }
    if (part === Object.prototype) break;
  }
  return shown;
}

const childProgram = `
const { readdirSync, readlinkSync } = require("node:fs");
const target = (fd) => { try { return readlinkSync("/proc/self/fd/" + fd); } catch { return ""; } };
console.log(JSON.stringify({
  descriptors: readdirSync("/proc/self/fd").map(target),
  environment: Object.entries(process.env).map(([name, value]) => name + "=" + value),
  arguments: process.argv,
}));`;

/** What a child of this program has. */
export async function showChild(): Promise<
  MessageInitShape<typeof ChildResultSchema>
> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "-e",
    childProgram,
  ]);
  return JSON.parse(stdout);
}
