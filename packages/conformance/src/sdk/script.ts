// SPDX-License-Identifier: Apache-2.0
import type {
  GrantSchema,
  Reason,
  RequestResponseSchema,
} from "@assent/protocol";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Code } from "../wire/answer.ts";

/** What an SDK can ask of a broker. */
export type Rpc = "Authorize" | "Request" | "Revoke";

/** One thing that the scripted broker is prepared for. */
export interface Rule {
  readonly on: Rpc;
  /** Only calls that name this account, by id or name. */
  readonly account?: string;
  /** How often; without it, for ever. */
  readonly times?: number;
  /** What it does, one after the other. */
  readonly does: readonly Action[];
}

/**
 * A header field, as it is to be sent; the content type "application/*" is the
 * one of the call.
 */
export type HeaderField = readonly [name: string, value: string];

/** One thing that the scripted broker does about a call. */
export type Action =
  /** A whole answer, as HTTP means it. */
  | { readonly answer: Answer }
  /** The beginning of an answer, byte by byte as given. */
  | { readonly head: readonly HeaderField[]; readonly status?: number }
  /** More of it; `last` says by HTTP that this was all. */
  | { readonly data: Uint8Array; readonly last?: boolean }
  /** A message as it would be answered, but for so many bytes at its end. */
  | {
      readonly message: MessageInitShape<typeof RequestResponseSchema>;
      readonly without?: number;
      readonly last?: boolean;
    }
  /** A byte at a time, until the SDK has had enough. */
  | { readonly drip: Uint8Array; readonly everyMs: number }
  /** Reset the call: RST_STREAM with this code; without HTTP/2 the connection breaks. */
  | { readonly reset: number }
  /** GOAWAY; the last stream that was begun is this call, or the one before it. */
  | {
      readonly goaway: "this" | "before" | "none";
      readonly code?: number;
    }
  | { readonly close: "end" | "break" }
  | { readonly waitMs: number }
  /** Until the case releases it. */
  | { readonly hold: string }
  /** Nothing more, ever; the connection stays. */
  | { readonly never: true };

/** How every answer of a broker is unusual. */
export type Unusual = Pick<Answer, "version" | "unknown">;

/** What an answer says, and how it is unusual. */
export interface Answer {
  readonly says:
    | { readonly grant: MessageInitShape<typeof GrantSchema> }
    /** What a broker answers that has what is asked for. */
    | { readonly served: true }
    | { readonly response: MessageInitShape<typeof RequestResponseSchema> }
    /** A message with every field left out. */
    | { readonly nothing: true }
    | { readonly refused: Refusal }
    | { readonly body: Uint8Array; readonly contentType?: string };
  /** HTTP status, where it is not what the protocol says. */
  readonly status?: number;
  /** What the broker says it speaks; "1.0" by default. */
  readonly version?: string;
  readonly fields?: readonly HeaderField[];
  /** With fields, headers and trailers that no version knows. */
  readonly unknown?: boolean;
}

/** A refusal; every part may be of a kind that does not exist. */
export interface Refusal {
  readonly code: Code | string;
  readonly reason?: Reason | number;
  readonly message?: string;
  readonly versions?: readonly string[];
}

/** Answer like a broker that has what is asked for. */
export const serve: Action = { answer: { says: { served: true } } };

/** A yes: for what was asked, unless it says otherwise. */
export function grant(
  given: MessageInitShape<typeof GrantSchema> = {},
): Action {
  return { answer: { says: { grant: given } } };
}

/** A no. */
export function refuse(
  code: Code | string,
  reason?: Reason | number,
  more: Omit<Refusal, "code" | "reason"> = {},
): Action {
  const refused = {
    code,
    ...(reason === undefined ? {} : { reason }),
    ...more,
  };
  return { answer: { says: { refused } } };
}
