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
  readonly digest: Uint8Array<ArrayBuffer>;
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
    digest: new Uint8Array(await promptDigest(prompt.body)),
    body: fromBinary(PromptBodySchema, prompt.body),
    waiters: prompt.waiters,
  };
}

/** Whether two prompts ask the same, byte for byte. */
export function isSame(a: WaitingPrompt, b: WaitingPrompt): boolean {
  return (
    a.id === b.id && a.digest.every((byte, index) => byte === b.digest[index])
  );
}
