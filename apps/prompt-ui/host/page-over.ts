// SPDX-License-Identifier: Apache-2.0
import { OwnerErrorDetailSchema, OwnerReason } from "@assent/protocol/owner";
import { ownerReasonText, stateText } from "@assent/wording";
import { Code, ConnectError } from "@connectrpc/connect";
import { type PageEnd, pageEndHeader } from "./contract.ts";

/** Tells a page that it is over. */
export function pageOver(how: PageEnd): ConnectError {
  const [text, code] = {
    leave: ["This page has ended.", Code.Unavailable],
    offline: [stateText.offline, Code.Unavailable],
    "signed-out": ["This page is signed out.", Code.Unauthenticated],
  }[how] as [string, Code];
  return new ConnectError(text, code, { [pageEndHeader]: how });
}

/** This page has not given what the call needs. */
export function credentialRequired(): ConnectError {
  const reason = OwnerReason.CREDENTIAL_REQUIRED;
  return new ConnectError(
    ownerReasonText({ reason }),
    Code.Unauthenticated,
    undefined,
    [{ desc: OwnerErrorDetailSchema, value: { reason } }],
  );
}

/** Whether the host itself said so. */
export function isOwn(error: unknown): error is ConnectError {
  return error instanceof ConnectError && error.metadata.has(pageEndHeader);
}

/** What a broker answered, without what it came in. */
export function passOn(error: unknown): ConnectError {
  const from = ConnectError.from(error);
  const copy = new ConnectError(from.rawMessage, from.code);
  copy.details = from.details;
  return copy;
}

/** Whether it is a fault of the connection, and no answer of the broker. */
export function isConnectionFault(error: unknown): boolean {
  const cause = error instanceof ConnectError ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return /^(ERR_HTTP2_|ECONN|EPIPE)/.test(String(code ?? ""));
}
