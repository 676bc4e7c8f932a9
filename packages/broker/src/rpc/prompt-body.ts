// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import {
  type AuthorizeRequest,
  limits,
  promptDigestInput,
} from "@assent/protocol";
import {
  type AccountRef,
  AccountRefSchema,
  ApprovalMethod,
  ClaimsSchema,
  PromptBodySchema,
} from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import { create, toBinary } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { AccountInfo } from "../account/accounts.ts";
import type { FrozenPrompt } from "../prompt/prompts.ts";
import type { BrokerParts, PromptTerms } from "./parts.ts";

/**
 * What the user is asked, frozen: account, process, scope and duration
 * (PRM-001 to PRM-004), facts of the operating system apart from what the
 * program says of itself (PRM-005).
 */
export async function freezePrompt(
  parts: BrokerParts,
  request: AuthorizeRequest,
  terms: PromptTerms,
): Promise<FrozenPrompt> {
  const card = await parts.cards.describe(terms.peer);
  const usable = parts.accounts
    .list()
    .filter((account) => account.problem === undefined);
  const named = parts.accounts.find(request.account)?.id;
  const account = usable.find(({ id }) => id === named);
  const now = parts.clock.wallMs();
  const body = create(PromptBodySchema, {
    createdAt: timestampFromMs(now),
    expiresAt: timestampFromMs(now + limits.promptMs),
    ...(account === undefined
      ? { choices: usable.map(accountRef) }
      : { account: accountRef(account) }),
    process: card.process,
    claims: create(ClaimsSchema, {
      script: card.claims.script,
      workingDirectory: card.claims.workingDirectory,
      startedBy: card.claims.startedBy,
      purpose: makeSafe(request.purpose),
      integration: {
        name: makeSafe(request.integration?.name ?? ""),
        version: makeSafe(request.integration?.version ?? ""),
      },
    }),
    scope: terms.asked.scope,
    inactivityTimeout: durationFromMs(terms.inactivityMs),
    warnings: [...card.warnings],
  });
  const bytes = toBinary(PromptBodySchema, body);
  const digest = createHash("sha256").update(promptDigestInput(bytes)).digest();
  return { body: bytes, digest, accountId: account?.id };
}

/** An account as it is shown. */
export function accountRef(account: AccountInfo): AccountRef {
  return create(AccountRefSchema, {
    id: account.id,
    name: account.name,
    locked: account.locked,
    methods: account.problem === undefined ? [ApprovalMethod.PASSWORD] : [],
    problem: account.problemMessage ?? "",
  });
}
