// SPDX-License-Identifier: Apache-2.0
import {
  type AuthorizeRequest,
  type Grant as GrantMessage,
  GrantSchema,
  Interaction,
  limits,
  Reason,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import type { Peer } from "../peer/peer.ts";
import { covers } from "../session/scope.ts";
import type { Grant } from "../session/sessions.ts";
import { readInactivity } from "./durations.ts";
import { reasonOfPromptEnding } from "./endings.ts";
import { checkAuthorize } from "./field-limits.ts";
import type { BrokerParts, Granted, PromptTerms } from "./parts.ts";
import { freezePrompt } from "./prompt-body.ts";
import { refusal } from "./refusal.ts";
import {
  type AskedScope,
  bindScope,
  boundToSchema,
  readScope,
} from "./scope-terms.ts";

/**
 * Ask the user to let a process use an account, unless it already may.
 * Returns what was granted; throws what the program is told.
 */
export async function authorize(
  parts: BrokerParts,
  peer: Peer,
  request: AuthorizeRequest,
  context: HandlerContext,
): Promise<Granted> {
  checkAuthorize(request);
  const asked = readScope(request.scope);
  const inactivityMs = readInactivity(
    request.inactivityTimeout,
    parts.settings.current.inactivityMs,
  );
  if (!parts.integration.isOn) throw refusal(Reason.INTEGRATION_DISABLED);
  const covering = findCovering(parts, peer, request.account, asked);
  if (covering !== undefined) return covering;
  if (request.interaction === Interaction.NEVER) {
    throw refusal(Reason.AUTHORIZATION_REQUIRED);
  }
  if (parts.backOff.refuses(peer)) return refuseMore(parts, peer);
  // Told as any other refusal of too many: whether it is muted is not its business (T23).
  if (parts.mutes.covers(peer)) return refuseMore(parts, peer, "muted");
  parts.backOff.asked(peer);
  const terms: PromptTerms = { peer, asked, inactivityMs };
  const question = {
    process: peer.number,
    account: request.account,
    scope: asked.key,
    freeze: async () => {
      if (parts.at !== undefined) await parts.at("freezing", peer.pid);
      const frozen = await freezePrompt(parts, request, terms);
      parts.recorder.note(frozen.accountId, {
        kind: "prompt-created",
        ...parts.recorder.process(peer.number, peer.pid),
      });
      return frozen;
    },
  };
  parts.terms.set(question, terms);
  const outcome = await parts.prompts.ask(question, context.signal);
  if ("granted" in outcome) {
    if (parts.at !== undefined) await parts.at("decided", peer.pid);
    return outcome.granted;
  }
  if (outcome.ending === "too-many") return refuseMore(parts, peer);
  if (outcome.ending === "failed" && peer.verify() !== undefined) {
    throw refusal(Reason.PROCESS_CHANGED);
  }
  if (outcome.ending !== "withdrawn") {
    throw refusal(reasonOfPromptEnding[outcome.ending]);
  }
  throw context.signal.reason instanceof ConnectError
    ? context.signal.reason
    : new ConnectError("canceled", Code.Canceled);
}

/** Too many prompts: refused without asking, and written down (T23). */
function refuseMore(parts: BrokerParts, peer: Peer, cause?: "muted"): never {
  parts.recorder.note(undefined, {
    kind: "prompt-refused",
    ...(cause === undefined ? {} : { cause }),
    ...parts.recorder.process(peer.number, peer.pid),
  });
  throw refusal(Reason.TOO_MANY_PROMPTS);
}

/** A live grant that alone covers what is asked: returned without a prompt, and not extended (SES-009). */
function findCovering(
  parts: BrokerParts,
  peer: Peer,
  named: string,
  asked: AskedScope,
): Granted | undefined {
  const now = parts.clock.bootMs();
  const account = parts.accounts.find(named);
  const accountIds =
    account === undefined ? chosenAccounts(parts, peer, named) : [account.id];
  for (const accountId of accountIds) {
    const store = parts.accounts.store(accountId);
    const judged = parts.sessions.judge(peer.number, accountId, now);
    if (!("live" in judged) || store === undefined) continue;
    const { bound, notFound } = bindScope(asked, store);
    if (notFound.length > 0) continue;
    const grant = judged.live.grants.find((one) => covers(one.scope, bound));
    if (grant !== undefined) return { session: judged.live, grant };
  }
  return undefined;
}

/** Accounts that the user chose for this process when it asked for the same name, or asks for none. */
function chosenAccounts(
  parts: BrokerParts,
  peer: Peer,
  named: string,
): string[] {
  return parts.accounts
    .list()
    .map((account) => account.id)
    .filter((id) => {
      const session = parts.sessions.find(peer.number, id);
      if (session === undefined || session.chosenFor.size === 0) return false;
      return named === "" || session.chosenFor.has(named);
    });
}

/** A grant in the words of the schema. `not_after` is an estimate for people. */
export function grantMessage(
  parts: BrokerParts,
  accountId: string,
  grant: Grant,
): GrantMessage {
  const leftMs = grant.notAfterMs - parts.clock.bootMs();
  const account = parts.accounts.find(accountId);
  return create(GrantSchema, {
    accountId,
    accountName: account?.name ?? "",
    scope: boundToSchema(grant.scope),
    inactivityTimeout: durationFromMs(grant.inactivityMs),
    notAfter: timestampFromMs(Math.floor(parts.clock.wallMs() + leftMs)),
  });
}

/** A grant that begins now. */
export function newGrant(
  scope: Grant["scope"],
  inactivityMs: number,
  bootMs: number,
): Grant {
  return {
    scope,
    inactivityMs,
    grantedAtMs: bootMs,
    lastActivityMs: bootMs,
    notAfterMs: bootMs + limits.overallMs,
  };
}
