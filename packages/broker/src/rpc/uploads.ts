// SPDX-License-Identifier: Apache-2.0
import { limits, Reason } from "@assent/protocol";
import { allocateBytes, Secret } from "../crypto/secret.ts";
import { refusal } from "./refusal.ts";

/** Bytes of unfinished files, of all processes together. */
const bytesInAll = 2 * limits.fileBytes;
/** What nobody adds to for so long is dropped, milliseconds. */
const uploadMs = 60_000;

/** Files that one process sends to one account. */
export interface Sender {
  /**
   * Add a part of a file; `target` says which. A part that begins at 0 begins
   * anew. Returns how many bytes there are. `part` stays the caller's.
   *
   * @throws ConnectError INVALID when the part does not begin where the last
   * one ended, LIMIT_EXCEEDED when there would be too much of it
   */
  add(target: string, offset: bigint, part: Uint8Array): number;
  /** All that was added, the caller's to zero. What is not there is empty. */
  take(target: string): Secret;
}

/**
 * Files that come in parts, from their first part to their last. They are kept
 * in memory alone, since a file appears whole or not at all; zeroed when they
 * are taken, when their account is locked, when their process ends, and when
 * nothing more came for a minute.
 */
export interface Uploads {
  of(process: number, accountId: string, byOwner: boolean): Sender;
  dropAccount(accountId: string): void;
  dropProcess(process: number): void;
  /** Drop what nobody adds to any more. */
  sweep(): void;
}

interface Upload {
  readonly process: number;
  readonly accountId: string;
  readonly parts: Secret[];
  size: number;
  lastPartMs: number;
}

/** Create; nothing is there yet. */
export function createUploads(bootMs: () => number): Uploads {
  const uploads = new Map<string, Upload>();
  const drop = (key: string, upload: Upload) => {
    uploads.delete(key);
    for (const part of upload.parts) part[Symbol.dispose]();
  };
  const dropWhere = (matches: (upload: Upload) => boolean) => {
    for (const [key, upload] of uploads) {
      if (matches(upload)) drop(key, upload);
    }
  };
  const bytesOf = (matches: (upload: Upload) => boolean) =>
    [...uploads.values()]
      .filter(matches)
      .reduce((sum, { size }) => sum + size, 0);

  return {
    of(process, accountId, byOwner) {
      const keyOf = (target: string) =>
        JSON.stringify([process, accountId, byOwner, target]);
      return {
        add(target, offset, part) {
          const key = keyOf(target);
          const begun = uploads.get(key);
          if (offset === 0n && begun !== undefined) drop(key, begun);
          const known = offset === 0n ? undefined : begun;
          if (offset !== BigInt(known?.size ?? 0)) {
            throw refusal(Reason.INVALID);
          }
          const ofProcess = bytesOf((one) => one.process === process);
          if (
            ofProcess + part.length > limits.fileBytes ||
            bytesOf(() => true) + part.length > bytesInAll
          ) {
            throw refusal(Reason.LIMIT_EXCEEDED);
          }
          const upload = known ?? {
            process,
            accountId,
            parts: [],
            size: 0,
            lastPartMs: 0,
          };
          const copy = new Secret(allocateBytes(part.length));
          copy.bytes.set(part);
          upload.parts.push(copy);
          upload.size += part.length;
          upload.lastPartMs = bootMs();
          uploads.set(key, upload);
          return upload.size;
        },
        take(target) {
          const key = keyOf(target);
          const upload = uploads.get(key);
          const whole = new Secret(allocateBytes(upload?.size ?? 0));
          let at = 0;
          for (const { bytes } of upload?.parts ?? []) {
            whole.bytes.set(bytes, at);
            at += bytes.length;
          }
          if (upload !== undefined) drop(key, upload);
          return whole;
        },
      };
    },
    dropAccount: (accountId) => dropWhere((one) => one.accountId === accountId),
    dropProcess: (process) => dropWhere((one) => one.process === process),
    sweep() {
      if (uploads.size === 0) return;
      const now = bootMs();
      dropWhere(({ lastPartMs }) => now - lastPartMs >= uploadMs);
    },
  };
}
