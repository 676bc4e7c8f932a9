// SPDX-License-Identifier: Apache-2.0
import { type Argon2Cost, isBearable } from "../crypto/argon2.ts";
import { openFrom, sealTo } from "../crypto/box.ts";
import { authenticate, deriveKey, isEqual } from "../crypto/derive.ts";
import { OpenError } from "../crypto/envelope.ts";
import { publicKeyOf } from "../crypto/key-pair.ts";
import type { Random } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import {
  type AccountKeys,
  type Binding,
  corruptRows,
  openUnder,
  place,
  sealUnder,
} from "./native-keys.ts";
import type { SlotRow } from "./native-rows.ts";

/*
 * A slot holds the account key for one way in. From the slot's key (Argon2id
 * of the password, HKDF of a recovery code) follows an X25519 pair, and the
 * account key is sealed to its public half. So a new account key can be given
 * to a slot whose credential is not at hand, which no scheme of shared keys
 * allows without giving it to the holder of the old account key as well. The
 * public half is itself sealed under the account key: a stolen file holds no
 * public key to work on, only password guesses.
 *
 * The commitment is compared first: GCM does not commit to its key, and a
 * wrong password is told from a damaged slot.
 */

/** How a slot's key follows from the credential. */
export type SlotParameters =
  | {
      readonly derivation: "argon2id";
      readonly salt: Uint8Array;
      readonly cost: Argon2Cost;
    }
  | { readonly derivation: "hkdf-sha256"; readonly salt: Uint8Array };

/** A slot to be made. The key stays the caller's. */
export interface SlotDraft {
  readonly id: string;
  readonly kind: SlotRow["kind"];
  readonly label: string;
  readonly parameters: SlotParameters;
  readonly key: Secret;
}

/** An account has no more slots than this (T52). */
export const mostSlots = 16;
/** Bytes of a slot's salt. */
export const saltLength = 16;

const commitmentLabel: Uint8Array = new TextEncoder().encode("assent/commit");

/** Parameters as they are stored, in clear. */
export function formatParameters(parameters: SlotParameters): string {
  const { derivation } = parameters;
  const salt = Buffer.from(parameters.salt).toString("base64");
  return JSON.stringify(
    derivation === "argon2id"
      ? { derivation, salt, ...parameters.cost }
      : { derivation, salt },
  );
}

/**
 * Parameters from a file, which may hold anything: undefined when they are
 * malformed, or would cost more than the broker is ready to pay (T52).
 */
export function parseParameters(text: string): SlotParameters | undefined {
  try {
    const { derivation, salt: encoded, ...rest } = JSON.parse(text);
    const salt = Buffer.from(String(encoded), "base64");
    if (salt.length !== saltLength) return undefined;
    if (derivation === "hkdf-sha256") return { derivation, salt };
    if (derivation !== "argon2id") return undefined;
    const { memory, passes, parallelism } = rest;
    const cost = { memory, passes, parallelism };
    return isBearable(cost) ? { derivation, salt, cost } : undefined;
  } catch {
    return undefined;
  }
}

/** Make a slot that opens to the account key. */
export function createSlot(
  draft: SlotDraft,
  position: number,
  accountKey: Uint8Array,
  keys: AccountKeys,
  random: Random,
): SlotRow {
  using privateKey = slotPrivateKey(draft.key);
  const head = {
    id: draft.id,
    position,
    kind: draft.kind,
    label: draft.label,
    parameters: formatParameters(draft.parameters),
  };
  return {
    ...head,
    commitment: authenticate(draft.key.bytes, commitmentLabel),
    ...sealSlot(head, publicKeyOf(privateKey.bytes), accountKey, keys, random),
  };
}

/** The same slot with another account key; needs no credential. @throws StoreError "corrupt" */
export function moveSlot(
  row: SlotRow,
  from: AccountKeys,
  to: AccountKeys,
  accountKey: Uint8Array,
  random: Random,
): SlotRow {
  using publicKey = openUnder(
    from.wrapping,
    slotPlace("slot-public", from.binding, row),
    row.publicKey,
  );
  return { ...row, ...sealSlot(row, publicKey.bytes, accountKey, to, random) };
}

/**
 * The account key, or undefined when the slot's key is not the right one.
 *
 * @throws StoreError "corrupt" when the key is right but the slot was changed.
 */
export function openSlot(
  row: SlotRow,
  binding: Binding,
  key: Secret,
): Secret | undefined {
  const commitment = authenticate(key.bytes, commitmentLabel);
  if (!isEqual(commitment, row.commitment)) return undefined;
  using privateKey = slotPrivateKey(key);
  try {
    return openFrom(
      privateKey.bytes,
      slotPlace("slot-box", binding, row),
      row.box,
    );
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    throw corruptRows();
  }
}

type SlotHead = Omit<SlotRow, "commitment" | "publicKey" | "box">;

function sealSlot(
  head: SlotHead,
  publicKey: Uint8Array,
  accountKey: Uint8Array,
  keys: AccountKeys,
  random: Random,
): Pick<SlotRow, "publicKey" | "box"> {
  const { binding, wrapping } = keys;
  return {
    publicKey: sealUnder(
      wrapping,
      slotPlace("slot-public", binding, head),
      publicKey,
      random,
    ),
    box: sealTo(
      publicKey,
      slotPlace("slot-box", binding, head),
      accountKey,
      random,
    ),
  };
}

function slotPlace(
  kind: "slot-public" | "slot-box",
  binding: Binding,
  { id, position, kind: slotKind, label, parameters }: SlotHead,
): Uint8Array {
  return place(kind, binding, id, position, slotKind, label, parameters);
}

function slotPrivateKey(key: Secret): Secret {
  return deriveKey(key.bytes, "assent/slot/private/v1");
}
