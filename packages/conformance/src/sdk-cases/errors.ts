// SPDX-License-Identifier: Apache-2.0
import { Reason } from "@assent/protocol";
import { SdkErrorKind } from "@assent/protocol/conformance";
import { equal, reasonName, that } from "../case/check.ts";
import { failed } from "../sdk/expectation.ts";
import type { Rpc } from "../sdk/script.ts";
import { refuse } from "../sdk/script.ts";
import type { SdkCases } from "../sdk/sdk-case.ts";
import type { Code } from "../wire/answer.ts";

interface Refused {
  readonly on: Rpc;
  readonly code: Code;
  readonly reason: Reason;
  readonly kind: SdkErrorKind;
}

function refused(
  on: Rpc,
  code: Code,
  reason: Reason,
  kind: SdkErrorKind,
): Refused {
  return { on, code, reason, kind };
}

/** The seven that a program must be able to tell apart. */
const seven: readonly Refused[] = [
  refused(
    "Authorize",
    "permission_denied",
    Reason.PROMPT_DENIED,
    SdkErrorKind.DENIED,
  ),
  refused(
    "Authorize",
    "permission_denied",
    Reason.PROMPT_TIMED_OUT,
    SdkErrorKind.PROMPT_TIMED_OUT,
  ),
  refused(
    "Request",
    "unauthenticated",
    Reason.SESSION_EXPIRED,
    SdkErrorKind.EXPIRED,
  ),
  refused(
    "Request",
    "unauthenticated",
    Reason.ACCOUNT_LOCKED,
    SdkErrorKind.LOCKED,
  ),
  refused(
    "Request",
    "unauthenticated",
    Reason.SESSION_REVOKED,
    SdkErrorKind.REVOKED,
  ),
  refused(
    "Request",
    "permission_denied",
    Reason.OUT_OF_SCOPE,
    SdkErrorKind.OUT_OF_SCOPE,
  ),
  refused(
    "Request",
    "unavailable",
    Reason.INTEGRATION_DISABLED,
    SdkErrorKind.UNAVAILABLE,
  ),
];

const others: readonly Refused[] = [
  refused("Request", "not_found", Reason.NOT_FOUND, SdkErrorKind.NOT_FOUND),
  refused(
    "Request",
    "resource_exhausted",
    Reason.LIMIT_EXCEEDED,
    SdkErrorKind.RESOURCE_EXHAUSTED,
  ),
  refused(
    "Authorize",
    "resource_exhausted",
    Reason.TOO_MANY_PROMPTS,
    SdkErrorKind.RESOURCE_EXHAUSTED,
  ),
  refused(
    "Request",
    "failed_precondition",
    Reason.VERSION_UNSUPPORTED,
    SdkErrorKind.VERSION_MISMATCH,
  ),
];

/** Every code, without any reason: whatever it is called, it is typed. */
const codes: readonly Code[] = [
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
];

/** Errors that programs can tell apart. */
export const errorCases: SdkCases = {
  "error-types": {
    async run(world) {
      const { broker } = world;
      const first = await world.client();
      const names = new Set<string>();
      for (const { on, code, reason, kind } of seven) {
        const seen: string[] = [];
        for (const _ of ["once", "again"]) {
          const client = await world.sibling(first);
          broker.script([{ on, does: [refuse(code, reason)] }]);
          const error = failed(reasonName(reason), await client.read(), kind);
          seen.push(error.nativeType);
        }
        equal(`${reasonName(reason)} is named alike`, seen[1], seen[0]);
        names.add(seen[0] ?? "");
      }
      equal("distinct types", names.size, seven.length);
    },
  },
  "error-cause-and-code": {
    async run(world) {
      const { broker } = world;
      const first = await world.client();
      for (const { on, code, reason, kind } of others) {
        const client = await world.sibling(first);
        broker.script([{ on, does: [refuse(code, reason)] }]);
        failed(reasonName(reason), await client.read(), kind);
      }
      for (const code of codes) {
        const client = await world.sibling(first);
        broker.script([{ on: "Request", does: [refuse(code)] }]);
        const error = failed(code, await client.read());
        that(`${code} is no value`, error.kind > 0);
      }
    },
  },
  "unknown-reason": {
    async run(world) {
      const { broker } = world;
      const first = await world.client();
      for (const code of ["permission_denied", "unauthenticated"] as const) {
        for (const on of ["Authorize", "Request"] as const) {
          const client = await world.sibling(first);
          broker.script([{ on, does: [refuse(code, 999)] }]);
          const what = `${on} refused with ${code}, reason 999`;
          failed(what, await client.read());
          const asked = broker.count("Authorize");
          that(`${what}: asked at most once`, asked <= 1, `${asked} times`);
          const sent = broker.count("Request");
          that(
            `${what}: at most one repetition`,
            sent <= 2,
            `${sent} Requests`,
          );
        }
      }
    },
  },
};
