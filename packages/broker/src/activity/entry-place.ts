// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { frame } from "../crypto/frame.ts";

/*
 * The chain. Each entry has a place: whose log it is, where it stands in it,
 * and the link of the entry before. Its link is a hash over place and body, so
 * that the newest link stands for the whole log:
 *
 *     link(n) = SHA-256(place(n) ‖ body(n)),  link(n-1) is part of place(n)
 *
 * Of a sealed log the place is authenticated by the seal as well. The hash
 * anybody can compute again, the seal only who held the key of that entry,
 * and that key is gone (`ratchet.ts`).
 */

/** What stands in clear of an entry. */
export interface EntryHead {
  /** Position in the log, from 1. */
  readonly sequence: number;
  /** Which run of keys it belongs to, from 1. */
  readonly segment: number;
  /** Days since 1970, UTC: enough to drop what is old without opening it. */
  readonly day: number;
  /** Number of its class, for quotas. */
  readonly class: number;
}

/** Bytes of a link. */
export const linkLength = 32;

/** Where entries of one log stand. */
export interface LogPlaces {
  /** What the first entry is chained to. */
  readonly origin: Uint8Array;
  /** The place of an entry. */
  of(head: EntryHead, previousLink: Uint8Array): Uint8Array;
}

/** The places of a log; `log` is its name, and no other has it. */
export function placesOf(log: string): LogPlaces {
  const prefix = frame("assent/activity/entry/v1", log);
  return {
    origin: hash("sha256", frame("assent/activity/origin/v1", log), "buffer"),
    of(head, previousLink) {
      const place = Buffer.allocUnsafeSlow(prefix.length + 32 + linkLength);
      place.set(prefix);
      let offset = prefix.length;
      for (const number of [
        head.sequence,
        head.segment,
        head.day,
        head.class,
      ]) {
        offset = place.writeBigInt64BE(BigInt(number), offset);
      }
      place.set(previousLink, offset);
      return place;
    },
  };
}

/** The link of an entry. */
export function linkOf(place: Uint8Array, body: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([place, body]), "buffer");
}
