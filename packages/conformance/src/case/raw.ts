// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { CallerConnection } from "../caller/caller-process.ts";
import {
  callFields,
  type Frame,
  frameFlags,
  frameOf,
  frameTypes,
  headerBlock,
  preface,
  readFrames,
  statusOf,
} from "../wire/frames.ts";
import type { Caller } from "./caller.ts";

/** A connection of a caller on which a case sends bytes as it likes. */
export interface RawConnection {
  readonly connection: CallerConnection;
  send(...parts: readonly Uint8Array[]): Promise<void>;
  /** Everything that came. */
  bytes(): Buffer;
  /** Everything that came, as frames of HTTP/2. */
  frames(): readonly Frame[];
  readonly isClosed: boolean;
  /** Waits until this holds, or the connection is closed, or so long; whether it holds. */
  until(holds: () => boolean, waitMs?: number): Promise<boolean>;
  /** Waits until the broker closed it; false: it did not. */
  closed(waitMs?: number): Promise<boolean>;
  close(): void;
}

const waitMs = 5_000;

/** Open one; nothing is sent on it. */
export async function openRaw(
  caller: Caller,
  endpoint: string,
): Promise<RawConnection> {
  const connection = await caller.process.connect(endpoint);
  let isClosed = false;
  connection.on("error", () => {});
  connection.on("data", () => {});
  connection.on("end", () => {
    isClosed = true;
  });
  connection.on("close", () => {
    isClosed = true;
  });
  const raw: RawConnection = {
    connection,
    async send(...parts) {
      for (const part of parts) {
        if (isClosed || connection.destroyed) return;
        // What the other end does not take any more is not our failure.
        await new Promise<void>((resolve) => {
          connection.write(part, () => resolve());
        });
      }
    },
    bytes: () => Buffer.concat(connection.received),
    frames: () => readFrames(raw.bytes()).frames,
    get isClosed() {
      return isClosed;
    },
    async until(holds, ms = waitMs) {
      const signal = AbortSignal.timeout(ms);
      while (!holds() && !isClosed && !signal.aborted) {
        await Promise.race([
          once(connection, "data", { signal }).catch(() => {}),
          once(connection, "close", { signal }).catch(() => {}),
        ]);
      }
      return holds();
    },
    closed: (ms) => raw.until(() => isClosed, ms),
    close: () => connection.destroy(),
  };
  return raw;
}

/** Begin HTTP/2: preface and settings. */
export async function beginHttp2(raw: RawConnection): Promise<void> {
  await raw.send(preface, frameOf(frameTypes.settings, 0, 0));
}

/** Frames of one whole call. */
export function callFrames(
  stream: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): readonly Buffer[] {
  return [
    frameOf(
      frameTypes.headers,
      frameFlags.endHeaders,
      stream,
      headerBlock(callFields(path, headers)),
    ),
    frameOf(frameTypes.data, frameFlags.endStream, stream, body),
  ];
}

/** Whether a stream was answered or reset, or all streams were given up. */
export function isAnswered(raw: RawConnection, stream: number): boolean {
  return (
    raw.isClosed ||
    answerOf(raw, stream) !== undefined ||
    raw.frames().some(({ type }) => type === frameTypes.goaway)
  );
}

/** How a stream was answered: HTTP status, reset, or nothing yet. */
export function answerOf(
  raw: RawConnection,
  stream: number,
): { readonly status: number; readonly isReset: boolean } | undefined {
  const own = raw.frames().filter((frame) => frame.stream === stream);
  const headers = own.find(({ type }) => type === frameTypes.headers);
  const isReset = own.some(({ type }) => type === frameTypes.resetStream);
  if (headers === undefined && !isReset) return undefined;
  return {
    status: headers === undefined ? 0 : statusOf(headers),
    isReset,
  };
}
