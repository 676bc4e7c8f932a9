// SPDX-License-Identifier: Apache-2.0
import {
  type Prompt,
  PromptSchema,
  PromptState,
} from "@assent/protocol/conformance";
import { PromptBodySchema } from "@assent/protocol/owner";
import {
  describePrompt,
  makeSafe,
  notChecked,
  scopeHeading,
} from "@assent/wording";
import { create, fromBinary } from "@bufbuild/protobuf";
import type { Broker } from "../src/broker.ts";
import type { PendingPrompt, PromptEnding } from "../src/prompt/prompts.ts";

/** Every prompt since the last reset, as its user saw it. */
export interface PromptRecords {
  readonly all: readonly Prompt[];
  /** Follow a broker's prompts; what was recorded of another is dropped. */
  follow(broker: Broker): void;
}

const states: Readonly<Record<PromptEnding | "approved", PromptState>> = {
  approved: PromptState.APPROVED,
  denied: PromptState.DENIED,
  "timed-out": PromptState.TIMED_OUT,
  withdrawn: PromptState.WITHDRAWN,
  revoked: PromptState.WITHDRAWN,
  "process-exited": PromptState.WITHDRAWN,
  "process-replaced": PromptState.WITHDRAWN,
  "account-locked": PromptState.DISMISSED_BY_LOCK,
  "integration-off": PromptState.WITHDRAWN,
  "too-many": PromptState.WITHDRAWN,
  failed: PromptState.WITHDRAWN,
};

/** Records that count with `next` and tell `onChange` and each `onShown`. */
export function createPromptRecords(
  next: () => bigint,
  onChange: () => void,
  onShown: (prompt: Prompt) => void,
): PromptRecords {
  const records = new Map<string, Prompt>();
  return {
    get all() {
      const isPending = ({ state }: Prompt) => state === PromptState.PENDING;
      const list = [...records.values()];
      return [
        ...list.filter(isPending),
        ...list.filter((one) => !isPending(one)),
      ];
    },
    follow(broker) {
      records.clear();
      const { prompts } = broker.parts;
      prompts.listen({
        changed() {
          for (const pending of prompts.pending()) {
            const known = records.get(pending.id);
            if (known !== undefined) {
              known.waiters = pending.waiters;
              continue;
            }
            const record = toRecord(pending, next());
            records.set(pending.id, record);
            onShown(record);
          }
          onChange();
        },
        ended({ id }, ending) {
          const record = records.get(id);
          if (record !== undefined) {
            record.state = states[ending];
            record.waiters = 0;
          }
          next();
          onChange();
        },
      });
    },
  };
}

function toRecord(pending: PendingPrompt, seq: bigint): Prompt {
  const body = fromBinary(PromptBodySchema, pending.frozen.body);
  const shown = describePrompt(body);
  const choices = body.choices.map(({ name }) => makeSafe(name));
  const scope = shown.scope
    .flatMap(({ text, details }) => [text, ...details])
    .join("\n");
  const duration = shown.until.join("\n");
  return create(PromptSchema, {
    promptId: pending.id,
    shownSeq: seq,
    state: PromptState.PENDING,
    accountId: body.account?.id ?? "",
    shownAccount: shown.account ?? "",
    shownProcessName: shown.program.name,
    shownProcessPath: shown.program.path,
    shownScope: scope,
    shownDuration: duration,
    shownText: [
      shown.headline,
      shown.account ?? choices.join("\n"),
      shown.program.name,
      shown.program.path,
      ...shown.program.facts.flatMap(({ label, text }) => [label, text]),
      ...shown.warnings.flatMap(({ title, text }) => [title, text]),
      ...shown.claims.map(
        ({ label, text }) => `${label} ${text} (${notChecked})`,
      ),
      scopeHeading,
      scope,
      duration,
      ...shown.notes,
    ].join("\n"),
    pid: body.process?.pid ?? 0,
    waiters: pending.waiters,
    shownChoices: choices,
  });
}
