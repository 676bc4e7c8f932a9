// SPDX-License-Identifier: Apache-2.0
import { deriveKey } from "../crypto/derive.ts";
import { createId } from "../crypto/id.ts";
import { type Random, randomBytes } from "../crypto/random.ts";
import {
  createRecoveryCode,
  formatRecoveryCode,
  parseRecoveryCode,
} from "../crypto/recovery-code.ts";
import { allocateBytes, type Secret } from "../crypto/secret.ts";
import type { SlotRow } from "../vault/native-rows.ts";
import {
  parseParameters,
  type SlotDraft,
  saltLength,
} from "../vault/native-slot.ts";
import type { Proof } from "./accounts.ts";
import type { PasswordDeriver } from "./password.ts";

/** A slot for a new password. The caller zeroes its key. */
export async function draftPasswordSlot(
  password: Uint8Array,
  passwords: PasswordDeriver,
  random: Random,
): Promise<SlotDraft> {
  const salt = randomBytes(random, saltLength);
  const { cost } = passwords;
  return {
    id: createId(random),
    kind: "password",
    label: "Password",
    parameters: { derivation: "argon2id", salt, cost },
    key: await passwords.derive(password, salt, cost),
  };
}

/** A slot for a new recovery code, and the code as it is printed. The caller zeroes both. */
export function draftRecoverySlot(random: Random): {
  draft: SlotDraft;
  printed: Uint8Array;
} {
  using code = createRecoveryCode(random);
  using text = formatRecoveryCode(code.bytes);
  const salt = randomBytes(random, saltLength);
  const printed = allocateBytes(text.bytes.length);
  printed.set(text.bytes);
  const draft: SlotDraft = {
    id: createId(random),
    kind: "recovery-code",
    label: "Recovery code",
    parameters: { derivation: "hkdf-sha256", salt },
    key: recoveryKey(code.bytes, salt),
  };
  return { draft, printed };
}

/**
 * The key that a proof gives for a slot; undefined when the proof is not of
 * the slot's kind. The proof stays the caller's.
 */
export async function deriveSlotKey(
  slot: SlotRow,
  proof: Proof,
  passwords: PasswordDeriver,
  signal?: AbortSignal,
): Promise<Secret | undefined> {
  const parameters = parseParameters(slot.parameters);
  if (slot.kind !== proof.kind || parameters === undefined) return undefined;
  if (parameters.derivation === "argon2id") {
    const { salt, cost } = parameters;
    return passwords.derive(proof.secret, salt, cost, signal);
  }
  using code = parseRecoveryCode(proof.secret);
  return code && recoveryKey(code.bytes, parameters.salt);
}

function recoveryKey(code: Uint8Array, salt: Uint8Array): Secret {
  return deriveKey(code, "assent/slot/recovery-code/v1", salt);
}
