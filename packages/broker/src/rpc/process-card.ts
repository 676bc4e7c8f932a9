// SPDX-License-Identifier: Apache-2.0
import {
  type Claims,
  ClaimsSchema,
  type Process,
  ProcessSchema,
  Warning,
} from "@assent/protocol/owner";
import { isDeceptive, makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Peer, PeerDescription, PeerSign } from "../peer/peer.ts";
import type { SeenExecutables } from "../prompt/seen-executables.ts";

/** A process as it is shown and logged: every text already safe. */
export interface ProcessCard {
  readonly process: Process;
  /** Script, folder and parents; what the call itself claims is added by the prompt. */
  readonly claims: Claims;
  readonly warnings: readonly Warning[];
  /** The user answered a prompt of it: it is no longer first seen. */
  markSeen(): void;
}

/** Describes processes, and remembers how each was shown last. */
export interface ProcessCards {
  describe(peer: Peer): Promise<ProcessCard>;
  /** Undefined: nothing of it was ever shown. */
  last(processNumber: number): ProcessCard | undefined;
  forget(processNumber: number): void;
  /** Forget those that nothing hangs on any more. */
  keep(isNeeded: (processNumber: number) => boolean): void;
}

const warningOf: Readonly<Record<PeerSign, Warning>> = {
  interpreter: Warning.INTERPRETER,
  "replaced-executable": Warning.EXECUTABLE_REPLACED,
  "writable-location": Warning.WRITABLE_LOCATION,
  "other-namespace": Warning.OTHER_NAMESPACE,
  debugged: Warning.DEBUGGED,
  "injected-code": Warning.INJECTED_CODE,
  "weak-identity": Warning.WEAK_IDENTITY,
  relay: Warning.RELAY,
};

/** `relayScripts` are the scripts of our own command line: it acts for whoever started it (decisions 13). */
export function createProcessCards(
  seen: SeenExecutables,
  relayScripts: readonly string[],
): ProcessCards {
  const cards = new Map<number, ProcessCard>();
  return {
    async describe(peer) {
      const card = toCard(await peer.describe(), seen, relayScripts);
      cards.set(peer.number, card);
      return card;
    },
    last: (processNumber) => cards.get(processNumber),
    forget: (processNumber) => void cards.delete(processNumber),
    keep(isNeeded) {
      for (const processNumber of cards.keys()) {
        if (!isNeeded(processNumber)) cards.delete(processNumber);
      }
    },
  };
}

function toCard(
  facts: PeerDescription,
  seen: SeenExecutables,
  relayScripts: readonly string[],
): ProcessCard {
  const name = lastComponent(facts.path);
  const { claims } = facts;
  const warnings = facts.signs.map((sign) => warningOf[sign]);
  if (isDeceptive(facts.path) || isDeceptive(name)) {
    warnings.unshift(Warning.DECEPTIVE_NAME);
  }
  const script = Buffer.from(claims.script).toString();
  if (relayScripts.includes(script) && !warnings.includes(Warning.RELAY)) {
    warnings.push(Warning.RELAY);
  }
  if (!seen.has(facts.path, facts.executableSha256)) {
    warnings.push(Warning.FIRST_SEEN);
  }
  return {
    process: create(ProcessSchema, {
      pid: facts.pid,
      name: makeSafe(name),
      path: makeSafe(facts.path),
      startedAt: timestampFromMs(Math.floor(facts.startedAtMs)),
      user: makeSafe(facts.user),
      executableSha256: facts.executableSha256,
      container: makeSafe(facts.container),
      debugger: makeSafe(facts.debugger),
      unit: makeSafe(facts.unit),
    }),
    claims: create(ClaimsSchema, {
      script: makeSafe(claims.script),
      workingDirectory: makeSafe(claims.workingDirectory),
      startedBy: claims.startedBy.map((parent) => makeSafe(parent)),
    }),
    warnings,
    markSeen: () => seen.add(facts.path, facts.executableSha256),
  };
}

function lastComponent(path: Uint8Array): Uint8Array {
  return path.subarray(path.lastIndexOf("/".charCodeAt(0)) + 1);
}
