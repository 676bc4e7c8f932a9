// SPDX-License-Identifier: Apache-2.0

/** One HTTP request that is sent whole: always a POST. */
export interface HttpRequest {
  /** As in `/assent.v1.BrokerService/Request`. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Give up on abort, tell the other end, and reject with the signal's reason. */
  readonly signal: AbortSignal;
  /** Refuse an answer whose body is larger, without keeping what came of it (SDK-015). */
  readonly answerBytes: number;
}

/** Its answer, received whole. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  header(name: string): string | undefined;
  readonly body: Uint8Array;
}

/** What carries HTTP requests to the broker. */
export interface Exchange {
  /** @throws AssentError */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Use another connection from the next request on. */
  reconnect?(): void;
  /** Close every connection. Idempotent. */
  close?(): Promise<void>;
}
