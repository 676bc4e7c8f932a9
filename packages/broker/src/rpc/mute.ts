// SPDX-License-Identifier: Apache-2.0
import {
  type Mute as MuteMessage,
  MuteReach as MuteReachMessage,
  MuteSchema,
  OwnerReason,
  type Process,
  Warning,
} from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import {
  type Duration,
  durationMs,
  timestampFromMs,
} from "@bufbuild/protobuf/wkt";
import type { Peer } from "../peer/peer.ts";
import { longestMuteMs, type Mute, type MuteReach } from "../prompt/mutes.ts";
import type { PendingPrompt } from "../prompt/prompts.ts";
import type { BrokerParts } from "./parts.ts";
import { type SurfaceFacts, termsOf } from "./pending-prompt.ts";
import { ownerRefusal } from "./refusal.ts";

/** What the user is told of a mute. */
export interface MuteFacts {
  /** As it was shown. */
  readonly process: Process | undefined;
  /** Whose log has it: the account of the prompt that was denied. */
  readonly accountId: string | undefined;
  readonly by: string;
}

/** A mute of the broker. */
export type ProgramMute = Mute<Peer, MuteFacts>;

/**
 * How long to mute, in milliseconds. Undefined: not at all.
 *
 * @throws ConnectError with OWNER_REASON_INVALID: nothing, less, or over an hour
 */
export function readMute(asked: Duration | undefined): number | undefined {
  if (asked === undefined) return undefined;
  const ms = durationMs(asked);
  if (!(ms > 0 && ms <= longestMuteMs)) throw ownerRefusal(OwnerReason.INVALID);
  return ms;
}

/**
 * Refuse a program without asking, from a prompt that it was denied (decisions
 * 8, T23, T51). What else of it waits for an answer is denied as well.
 */
export function muteProgram(
  parts: BrokerParts,
  prompt: PendingPrompt,
  ms: number,
  from: SurfaceFacts,
): ProgramMute {
  const { peer } = termsOf(parts, prompt);
  const card = parts.cards.last(peer.number);
  const { accountId } = prompt.frozen;
  const mute = parts.mutes.add(peer, reachOf(card?.warnings), ms, {
    process: card?.process,
    accountId,
    by: "surface" in from ? from.surface : from.by,
  });
  parts.recorder.note(accountId, {
    kind: "muted",
    ...parts.recorder.process(peer.number, peer.pid),
    reach: mute.reach,
    seconds: Math.ceil(ms / 1000),
    ...from,
  });
  parts.prompts.endWhere((question) => {
    const asker = parts.terms.get(question)?.peer;
    return asker !== undefined && parts.mutes.covers(asker);
  }, "denied");
  return mute;
}

/** Who runs others' scripts, or speaks for others, is not muted for what one of them did. */
function reachOf(warnings: readonly Warning[] | undefined): MuteReach {
  const own: readonly Warning[] = [Warning.INTERPRETER, Warning.RELAY];
  return warnings?.some((warning) => own.includes(warning)) === false
    ? "executable"
    : "process";
}

/** Let it ask again. @throws ConnectError with OWNER_REASON_NOT_FOUND */
export function removeMute(
  parts: BrokerParts,
  id: string,
  from: SurfaceFacts,
): void {
  const mute = parts.mutes.remove(id);
  if (mute === undefined) throw ownerRefusal(OwnerReason.NOT_FOUND);
  const { process, accountId } = mute.facts;
  parts.recorder.note(accountId, {
    kind: "unmuted",
    ...(process === undefined
      ? {}
      : {
          process: { pid: process.pid, name: process.name, path: process.path },
        }),
    ...from,
  });
}

/** In the words of the schema. `until` is an estimate for people. */
export function muteMessage(
  parts: BrokerParts,
  mute: ProgramMute,
): MuteMessage {
  const leftMs = mute.untilMs - parts.clock.bootMs();
  return create(MuteSchema, {
    id: mute.id,
    ...(mute.facts.process === undefined
      ? {}
      : { process: mute.facts.process }),
    reach:
      mute.reach === "process"
        ? MuteReachMessage.PROCESS
        : MuteReachMessage.EXECUTABLE,
    until: timestampFromMs(Math.floor(parts.clock.wallMs() + leftMs)),
    by: mute.facts.by,
  });
}
