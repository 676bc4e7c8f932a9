// SPDX-License-Identifier: Apache-2.0
import {
  DenyResponseSchema,
  ListMutesResponseSchema,
  OwnerReason,
  PromptEnd,
  type PromptService,
  RemoveMuteResponseSchema,
  ShownResponseSchema,
  type WatchPromptsResponse,
  WatchPromptsResponseSchema,
} from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { Connection } from "../channel/connection.ts";
import type { PromptEnding } from "../prompt/prompts.ts";
import { approve } from "./approve.ts";
import { beginApproval } from "./begin-approval.ts";
import { muteMessage, muteProgram, readMute, removeMute } from "./mute.ts";
import { connectionOf, type OwnerAccess } from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import {
  denyPrompt,
  pendingPrompt,
  type SurfaceFacts,
} from "./pending-prompt.ts";
import { ownerRefusal } from "./refusal.ts";

const endOf: Readonly<Record<PromptEnding | "approved", PromptEnd>> = {
  approved: PromptEnd.APPROVED,
  denied: PromptEnd.DENIED,
  "timed-out": PromptEnd.TIMED_OUT,
  withdrawn: PromptEnd.WITHDRAWN,
  revoked: PromptEnd.WITHDRAWN,
  "integration-off": PromptEnd.WITHDRAWN,
  "too-many": PromptEnd.WITHDRAWN,
  failed: PromptEnd.WITHDRAWN,
  "process-exited": PromptEnd.REQUESTER_EXITED,
  "process-replaced": PromptEnd.PROCESS_CHANGED,
  "account-locked": PromptEnd.ACCOUNT_LOCKED,
};

/** What a surface uses to show prompts and bring back decisions. */
export function createPromptService(
  parts: BrokerParts,
  access: OwnerAccess,
): ServiceImpl<typeof PromptService> {
  const wrongTries = new WeakMap<object, number>();
  const names = new WeakMap<Connection, string>();
  /** Who shows or decides, for the log: what the surface calls itself, else its process. */
  const surfaceOf = (context: HandlerContext): SurfaceFacts => {
    const connection = connectionOf(context);
    const surface = names.get(connection);
    return surface === undefined
      ? { by: `process ${connection.peer.pid}` }
      : { surface };
  };
  return {
    watchPrompts(request, context) {
      const name = makeSafe(request.surface, { maxLength: surfaceLength });
      if (name !== "") names.set(connectionOf(context), name);
      return watch(parts, context);
    },
    shown(request, context) {
      const prompt = pendingPrompt(parts, request.promptId, request.digest);
      const event = {
        kind: "prompt-shown",
        ...parts.recorder.process(prompt.question.process),
        ...surfaceOf(context),
      };
      parts.recorder.note(prompt.frozen.accountId, event, {
        prompt: prompt.id,
      });
      parts.surfaces.shown(prompt.id, connectionOf(context));
      return create(ShownResponseSchema);
    },
    beginApproval: (request, context) =>
      beginApproval(parts, connectionOf(context), request),
    approve: (request, context) =>
      approve(
        parts,
        connectionOf(context),
        request,
        { wrongTries, surface: surfaceOf(context) },
        context.signal,
      ),
    deny(request, context) {
      const trusted = access.isTrusted(connectionOf(context));
      // Muting silences a program for longer: only a trusted surface may (T51).
      if (request.mute !== undefined && !trusted) {
        throw ownerRefusal(OwnerReason.CREDENTIAL_REQUIRED);
      }
      const muteMs = readMute(request.mute);
      const from = surfaceOf(context);
      const prompt = denyPrompt(parts, request.promptId, from);
      if (prompt === undefined) throw ownerRefusal(OwnerReason.PROMPT_GONE);
      if (muteMs === undefined) return create(DenyResponseSchema);
      const mute = muteProgram(parts, prompt, muteMs, from);
      return create(DenyResponseSchema, { mute: muteMessage(parts, mute) });
    },
    listMutes: () =>
      create(ListMutesResponseSchema, {
        mutes: parts.mutes.list().map((mute) => muteMessage(parts, mute)),
      }),
    removeMute(request, context) {
      removeMute(parts, request.muteId, surfaceOf(context));
      return create(RemoveMuteResponseSchema);
    },
  };
}

const surfaceLength = 32;
const mostEnds = 256;

/** The whole list at every change, until the surface goes away. */
async function* watch(
  parts: BrokerParts,
  context: HandlerContext,
): AsyncIterable<WatchPromptsResponse> {
  let ended: { promptId: string; end: PromptEnd }[] = [];
  let changed = true;
  let wake = () => {};
  const stop = parts.prompts.listen({
    changed() {
      changed = true;
      wake();
    },
    ended(prompt, ending) {
      ended.push({ promptId: prompt.id, end: endOf[ending] });
      // A surface that does not read is told of the newest ends alone.
      if (ended.length > mostEnds) ended.shift();
    },
  });
  const onAbort = () => wake();
  context.signal.addEventListener("abort", onAbort);
  try {
    while (!context.signal.aborted) {
      if (!changed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      changed = false;
      const told = ended;
      ended = [];
      yield create(WatchPromptsResponseSchema, {
        prompts: parts.prompts.pending().map((prompt) => ({
          id: prompt.id,
          body: prompt.frozen.body,
          waiters: prompt.waiters,
        })),
        ended: told,
      });
    }
  } finally {
    stop();
    context.signal.removeEventListener("abort", onAbort);
  }
}
