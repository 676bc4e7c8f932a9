// SPDX-License-Identifier: Apache-2.0
import { promptDigest } from "@assent/protocol";
import {
  type Prompt,
  type PromptBody,
  PromptBodySchema,
} from "@assent/protocol/owner";
import { fromBinary } from "@bufbuild/protobuf";

/** A pending prompt, read from exactly the bytes that an approval will name. */
export interface WaitingPrompt {
  readonly id: string;
  /** Recomputed here from the bytes that are shown (PRM-010, T24). */
  readonly digest: Uint8Array;
  readonly body: PromptBody;
  /** Calls that wait on it. */
  readonly waiters: number;
}

/**
 * Read a prompt as the broker sent it.
 *
 * @throws when the body is no PromptBody
 */
export async function readPrompt(prompt: Prompt): Promise<WaitingPrompt> {
  return {
    id: prompt.id,
    digest: await promptDigest(prompt.body),
    body: fromBinary(PromptBodySchema, prompt.body),
    waiters: prompt.waiters,
  };
}

/** A digest as it is shown and typed. */
export function digestText(digest: Uint8Array): string {
  return Buffer.from(digest).toString("hex");
}
