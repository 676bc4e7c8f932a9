// SPDX-License-Identifier: Apache-2.0
import type {
  DescMessage,
  DescMethodUnary,
  MessageShape,
} from "@bufbuild/protobuf";

/** What goes along with one call. */
export interface TransportCall {
  /** Aborted when nobody waits any more; its reason is an AssentError. */
  readonly signal: AbortSignal;
  /** How long the broker may take, milliseconds; told to it (SDK-010). */
  readonly timeoutMs: number;
}

/**
 * How an SDK sends RPCs. A transport states the protocol version on each call,
 * checks it on each answer, and never sends a call twice unless the broker
 * said that it was not carried out (SDK-002).
 */
export interface Transport {
  /**
   * One call.
   *
   * @throws AssentError, or the reason of the signal once it is aborted.
   */
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageShape<I>,
    call: TransportCall,
  ): Promise<MessageShape<O>>;
  /** Use another connection from the next call on. */
  reconnect?(): void;
  /** Close every connection. Idempotent. */
  close?(): Promise<void>;
}
