// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from "node:timers/promises";
import { RequestResponseSchema } from "@assent/protocol";
import { answerBytes, encode, type Holdings } from "./answer-bytes.ts";
import { sendData, sendGoaway, sendHead, sendReset } from "./http-faults.ts";
import type { ReceivedCall } from "./received-call.ts";
import type { Action, Answer, HeaderField } from "./script.ts";

/** What the actions need of the broker. */
export interface Stage {
  readonly holdings: Holdings;
  /** Names under which calls are held no longer. */
  readonly held: ReadonlySet<string>;
  readonly broker: {
    until(holds: () => boolean, waitMs?: number): Promise<boolean>;
  };
}

const longestMs = 60_000;

/** Do what the script says about a call; ends early when the SDK gives the call up. */
export async function perform(
  actions: readonly Action[],
  call: ReceivedCall,
  stage: Stage,
): Promise<void> {
  for (const action of actions) {
    if (call.connection.isClosed) return;
    await performOne(action, call, stage);
  }
}

async function performOne(
  action: Action,
  call: ReceivedCall,
  { holdings, held, broker }: Stage,
): Promise<void> {
  const { connection } = call;
  if ("answer" in action) sendAnswer(action.answer, call, holdings);
  else if ("head" in action) sendHead(call, action.status ?? 200, action.head);
  else if ("message" in action) {
    const bytes = encode(call, RequestResponseSchema, action.message);
    const length = bytes.length - (action.without ?? 0);
    sendData(call, bytes.subarray(0, length), action.last ?? false);
  } else if ("data" in action)
    sendData(call, action.data, action.last ?? false);
  else if ("reset" in action) sendReset(call, action.reset);
  else if ("goaway" in action) {
    sendGoaway(call, lastStream(action.goaway, call), action.code ?? 0);
  } else if ("close" in action) {
    if (action.close === "end") connection.end();
    else connection.destroy();
  } else if ("waitMs" in action) await wait(action.waitMs);
  else if ("drip" in action) {
    for (const byte of action.drip) {
      if (call.isGivenUp) return;
      sendData(call, Uint8Array.of(byte), false);
      await broker.until(() => call.isGivenUp, action.everyMs);
    }
  } else if ("hold" in action) {
    await broker.until(
      () => held.has(action.hold) || call.isGivenUp,
      longestMs,
    );
  } else {
    await broker.until(() => call.isGivenUp, longestMs);
  }
}

function lastStream(
  last: "this" | "before" | "none",
  { stream }: ReceivedCall,
): number {
  if (last === "this") return stream;
  // Streams of a client are odd.
  return last === "before" ? Math.max(0, stream - 2) : 0;
}

function sendAnswer(
  answer: Answer,
  call: ReceivedCall,
  holdings: Holdings,
): void {
  const { response } = call;
  if (call.isGivenUp || response.headersSent) return;
  const { status, fields, trailers, body } = answerBytes(
    answer,
    call,
    holdings,
  );
  // HTTP/1.1 has trailers only where the length is not told.
  const isHttp1 = !("stream" in response);
  const told =
    isHttp1 && trailers.length > 0
      ? fields.filter(([name]) => name !== "content-length")
      : fields;
  for (const [name, value] of told) response.setHeader(name, value);
  response.statusCode = status;
  if (trailers.length > 0) response.addTrailers(asRecord(trailers));
  response.end(body);
}

function asRecord(fields: readonly HeaderField[]): Record<string, string> {
  return Object.fromEntries(fields);
}
