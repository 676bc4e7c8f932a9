import { OwnerReason } from "@assent/protocol/owner";
import { sameDigest } from "../prompt/approvals.ts";
import type { PendingPrompt } from "../prompt/prompts.ts";
import type { BrokerParts, PromptTerms } from "./parts.ts";
import { ownerRefusal } from "./refusal.ts";

/** Where an answer came from, for the log: what a surface calls itself, else its process. */
export type SurfaceFacts =
  | { readonly surface: string }
  | { readonly by: string };

/** Deny a prompt: every waiting call of that process ends (PRM-013). Undefined: there is none. */
export function denyPrompt(
  parts: BrokerParts,
  promptId: string,
  by: SurfaceFacts,
): PendingPrompt | undefined {
  const prompt = parts.prompts.get(promptId);
  if (prompt === undefined) return undefined;
  const { peer } = termsOf(parts, prompt);
  parts.prompts.deny(promptId);
  parts.cards.last(peer.number)?.markSeen();
  const event = {
    kind: "prompt-denied",
    ...parts.recorder.process(peer.number, peer.pid),
    ...by,
  };
  parts.recorder.note(prompt.frozen.accountId, event, { prompt: prompt.id });
  return prompt;
}

/** The prompt of this id, if what the surface shows is what is asked (PRM-010, T24). */
export function pendingPrompt(
  parts: BrokerParts,
  promptId: string,
  digest: Uint8Array,
): PendingPrompt {
  const prompt = parts.prompts.get(promptId);
  if (prompt === undefined) throw ownerRefusal(OwnerReason.PROMPT_GONE);
  if (!sameDigest(prompt.frozen.digest, digest)) {
    throw ownerRefusal(OwnerReason.DIGEST_MISMATCH);
  }
  return prompt;
}

/** What the prompt was asked with. */
export function termsOf(
  parts: BrokerParts,
  prompt: PendingPrompt,
): PromptTerms {
  const terms = parts.terms.get(prompt.question);
  if (terms === undefined) throw ownerRefusal(OwnerReason.INTERNAL);
  return terms;
}
