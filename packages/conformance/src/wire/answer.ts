// SPDX-License-Identifier: Apache-2.0
import type { ErrorDetail, Reason } from "@assent/protocol";

/** Codes of Connect, as they are written in JSON. */
export const codes = [
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
] as const;

/** A code of Connect; in gRPC its number is its place in {@link codes}, from 1. */
export type Code = (typeof codes)[number];

/** What a call came to, whatever its flavour. */
export type Answer<M> = Served<M> | Refused | Broken;

interface Heard {
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly httpStatus: number;
  /** The body as it came, after decompression. */
  readonly body: Uint8Array;
}

/** A message came. */
export interface Served<M> extends Heard {
  readonly kind: "served";
  readonly message: M;
}

/** The broker refused, in the words of the protocol. */
export interface Refused extends Heard {
  readonly kind: "refused";
  readonly code: Code;
  /** Undefined: no detail of ours came with it. */
  readonly reason: Reason | undefined;
  readonly detail: ErrorDetail | undefined;
  readonly message: string;
}

/** No answer of the protocol: the connection or stream ended, or a bare HTTP status came. */
export interface Broken {
  readonly kind: "broken";
  /** What happened, for people. */
  readonly why: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0: none came. */
  readonly httpStatus: number;
  readonly body: Uint8Array;
}
