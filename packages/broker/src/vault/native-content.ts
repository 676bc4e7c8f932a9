// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { isEqual } from "../crypto/derive.ts";
import { frame } from "../crypto/frame.ts";
import { type Random, randomKey } from "../crypto/random.ts";
import { allocateBytes, Secret } from "../crypto/secret.ts";
import type { ContentSeal } from "./content-seals.ts";
import { corruptRows, openUnder, sealUnder } from "./native-keys.ts";

/*
 * The content of a file is sealed in chunks of 256 KiB, under a key that is
 * made for this content and never seals anything else. Each chunk is bound to
 * its account, item and file, to where it stands, and to the size of the whole:
 * none opens in another's place, nor where something was cut off or added. The
 * key and the SHA-256 of each sealed chunk stand in the item's detail, which
 * the item's key vouches for. So whoever has an old copy of the account and an
 * old password, and knows the key of a content, still cannot put another one in
 * its place; and a change of keys leaves contents alone, as it does details.
 *
 * The last chunk is padded, so that the size of the file tells little.
 */

/** Bytes of a chunk before it is sealed; the last one is shorter. */
export const chunkLength: number = 256 * 1024;

const paddedTo = 4_096;
const hashLength = 32;

/** Which content it is. */
export interface ContentPlace {
  readonly accountId: string;
  readonly itemId: string;
  readonly fileId: string;
  /** Bytes of all of it. */
  readonly size: number;
}

/** A content as it will be stored. Disposal zeroes its key. */
export interface SealedContent extends Disposable {
  readonly seal: ContentSeal;
  /** In order; at least one. */
  readonly chunks: readonly Uint8Array[];
}

/** Some bytes of a file. */
export interface ContentRange {
  readonly offset: number;
  readonly length: number;
}

/** Seal a whole content under a new key. */
export function sealContent(
  place: ContentPlace,
  content: Uint8Array,
  random: Random,
): SealedContent {
  const key = randomKey(random);
  const count = chunkCount(place.size);
  const hashes = new Uint8Array(count * hashLength);
  const chunks = Array.from({ length: count }, (_, position) => {
    const start = position * chunkLength;
    const part = content.subarray(start, start + chunkLength);
    using padded = new Secret(allocateBytes(paddedLength(part.length)));
    padded.bytes.set(part);
    const chunk = sealUnder(
      key,
      chunkPlace(place, position),
      padded.bytes,
      random,
    );
    hashes.set(hashOf(chunk), position * hashLength);
    return chunk;
  });
  return {
    seal: { fileId: place.fileId, key: key.bytes, hashes },
    chunks,
    [Symbol.dispose]: () => key[Symbol.dispose](),
  };
}

/**
 * Open so much of a content as lies within the range, and no chunk beside it.
 *
 * @throws StoreError "corrupt" when a chunk is missing, or is not the one that
 * was last written there
 */
export function openContent(
  place: ContentPlace,
  { key, hashes }: ContentSeal,
  { offset, length }: ContentRange,
  chunkAt: (position: number) => Uint8Array | undefined,
): Secret {
  if (hashes.length !== chunkCount(place.size) * hashLength) {
    throw corruptRows();
  }
  const start = Math.min(offset, place.size);
  const end = Math.min(start + length, place.size);
  const wanted = new Secret(allocateBytes(end - start));
  try {
    for (let at = start; at < end; ) {
      const position = Math.floor(at / chunkLength);
      const chunk = chunkAt(position);
      if (chunk === undefined || !isEqual(hashOf(chunk), hashAt(position))) {
        throw corruptRows();
      }
      using opened = openUnder(
        { bytes: key },
        chunkPlace(place, position),
        chunk,
      );
      const first = position * chunkLength;
      const next = Math.min(end, first + chunkLength);
      wanted.bytes.set(
        opened.bytes.subarray(at - first, next - first),
        at - start,
      );
      at = next;
    }
    return wanted;
  } catch (error) {
    wanted[Symbol.dispose]();
    throw error;
  }

  function hashAt(position: number): Uint8Array {
    return hashes.subarray(position * hashLength, (position + 1) * hashLength);
  }
}

function hashOf(chunk: Uint8Array): Uint8Array {
  return hash("sha256", chunk, "buffer");
}

// Also what is empty has a chunk: that it is there is vouched for as well.
function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(size / chunkLength));
}

function paddedLength(length: number): number {
  return Math.max(1, Math.ceil(length / paddedTo)) * paddedTo;
}

function chunkPlace(place: ContentPlace, position: number): Uint8Array {
  const { accountId, itemId, fileId, size } = place;
  return frame("assent/file/v1", accountId, itemId, fileId, size, position);
}
