// SPDX-License-Identifier: Apache-2.0
import { Access } from "@assent/protocol";
import {
  AccountRefSchema,
  ApprovalMethod,
  type Prompt,
  type PromptBody,
  PromptBodySchema,
  PromptSchema,
  Warning,
} from "@assent/protocol/owner";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { readPrompt, type WaitingPrompt } from "../src/owner/waiting-prompt.ts";

/** When the prompts of tests were created, milliseconds. */
export const createdAtMs = 1_700_000_000_000;

/** Accounts of tests. */
export const personal = create(AccountRefSchema, {
  id: "personalpersonalpersonalpe",
  name: "Personal",
  methods: [ApprovalMethod.PASSWORD],
});
export const work = create(AccountRefSchema, {
  id: "workworkworkworkworkworkwo",
  name: "Work",
  locked: true,
  methods: [ApprovalMethod.PASSWORD],
});

type Change = Exclude<MessageInitShape<typeof PromptBodySchema>, PromptBody>;

/** A prompt as a broker sends it; with `choices`, one whose account is open. */
export function promptMessage(id: string, change: Change = {}): Prompt {
  const body = create(PromptBodySchema, {
    createdAt: timestampFromMs(createdAtMs),
    expiresAt: timestampFromMs(createdAtMs + 120_000),
    ...(change.choices === undefined ? { account: personal } : {}),
    process: {
      pid: 41_822,
      name: "node",
      path: "/home/ada/.local/share/mise/installs/node/26.10.0/bin/node",
      user: "1000",
      startedAt: timestampFromMs(createdAtMs - 60_000),
    },
    claims: {
      integration: { name: "Nightly backup", version: "1.0.2" },
      script: "/home/ada/projects/backup/nightly.ts",
      startedBy: ["systemd"],
    },
    scope: {
      access: Access.READ_WRITE,
      extent: { case: "everyVault", value: {} },
    },
    inactivityTimeout: durationFromMs(600_000),
    warnings: [Warning.INTERPRETER],
    ...change,
  });
  return create(PromptSchema, {
    id,
    body: toBinary(PromptBodySchema, body),
    waiters: 1,
  });
}

/** A prompt as a surface holds it. */
export function waitingPrompt(
  id: string,
  change: Change = {},
): Promise<WaitingPrompt> {
  return readPrompt(promptMessage(id, change));
}
