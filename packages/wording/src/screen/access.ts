// SPDX-License-Identifier: Apache-2.0
import { clockText, durationText } from "../duration.ts";
import { count } from "../plural.ts";
import { makeSafe } from "../safe/make-safe.ts";
import { agoText } from "./time.ts";

/** What stands on the page of active access. */
export const accessText = {
  title: "Active access",
  lead: "Programs that can use your accounts right now.",
  empty: "No program has access",
  emptyHint:
    "A program whose request you approve is listed here until its access ends.",
  loading: "Looking for active access…",
  canDo: "It can",
  mutes: "Muted programs",
  mutesLead: "Refused without asking you, until their time is up.",
  unmute: "Let it ask again",
  unmuted: "It may ask again.",
  allRevoked: "All access has ended.",
  allLocked: "All accounts are locked.",
  unused: "Unlocked, and used by no program",
  untold:
    "This version cannot tell what it may do. Update Assent, or revoke it.",
} as const;

/** Time until access ends if it is not used: `Ends in 8:41`. */
export function endsInText(leftMs: number): string {
  return leftMs <= 0 ? "Ending" : `Ends in ${clockText(leftMs)}`;
}

/** When access was last used, and by which process: `used 1 min ago · process 41822`. */
export function lastUseText(agoMs: number, pid: number): string {
  return `used ${agoText(agoMs)} · process ${pid}`;
}

/** How many programs have access to an account: `2 programs`. */
export function programsText(n: number): string {
  return count(n, "program");
}

/** After one access was ended. */
export function revokedText(program: string, account: string): string {
  return `${makeSafe(program)} cannot use ${makeSafe(account)} any more.`;
}

/** After all access to an account was ended. */
export function accountRevokedText(account: string): string {
  return `All access to ${makeSafe(account)} has ended.`;
}

/** After an account was locked. */
export function lockedText(account: string): string {
  return `${makeSafe(account)} is locked.`;
}

/** How long a mute goes on, and who made it. */
export function mutedText(leftMs: number, by: string): string {
  const who = by === "" ? "" : `; muted by ${makeSafe(by)}`;
  return `For another ${durationText(leftMs)}${who}`;
}
