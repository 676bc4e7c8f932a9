// SPDX-License-Identifier: Apache-2.0
import {
  type Authenticator,
  createAuthenticator,
} from "../crypto/authenticator.ts";
import { deriveKey } from "../crypto/derive.ts";
import { OpenError, open, seal } from "../crypto/envelope.ts";
import { type FramePart, frame, joined } from "../crypto/frame.ts";
import type { Random } from "../crypto/random.ts";
import type { Secret } from "../crypto/secret.ts";
import type {
  ItemEnvelopes,
  ItemState,
  SlotRow,
  VaultRow,
} from "./native-rows.ts";
import { StoreError } from "./store.ts";

/*
 * Which key seals what, and what it is bound to:
 *
 *   slot key ──▶ account key ──┬─▶ wrapping key ─▶ vault key ─┬─▶ overview
 *                              │                  log key     └─▶ item key ─▶ detail
 *                              │                  ledger
 *                              ├─▶ row key (HMAC of every row)
 *                              └─▶ mark key (HMAC of what is kept beside the file)
 *
 * Each envelope is bound to its account, its place, its revision and flags,
 * and the key epoch, which rises whenever the account key changes: a copy
 * from elsewhere or from before does not open (T37b). The detail alone is not
 * bound to the epoch: a change of keys need not touch it, since it has a key of
 * its own, and the envelope of that key holds its hash. Nor is the content of
 * files, whose keys and hashes stand in the detail (native-content.ts).
 */

/** What sealed rows of one account are bound to. */
export interface Binding {
  readonly accountId: string;
  readonly keyEpoch: number;
}

/** The keys that follow from the account key. Zeroed on disposal. */
export interface AccountKeys extends Disposable {
  readonly binding: Binding;
  readonly wrapping: Secret;
  readonly rows: Authenticator;
  /** Of what is kept beside the file: see native-mark.ts. */
  readonly marks: Authenticator;
}

/** Derive the keys of an account; the account key stays the caller's. */
export function deriveAccountKeys(
  accountKey: Uint8Array,
  binding: Binding,
): AccountKeys {
  const wrapping = deriveKey(accountKey, "assent/account/wrapping/v1");
  using rowKey = deriveKey(accountKey, "assent/account/rows/v1");
  const rows = createAuthenticator(rowKey.bytes);
  using markKey = deriveKey(accountKey, "assent/account/mark/v1");
  const marks = createAuthenticator(markKey.bytes);
  return {
    binding,
    wrapping,
    rows,
    marks,
    [Symbol.dispose]() {
      wrapping[Symbol.dispose]();
      rows[Symbol.dispose]();
      marks[Symbol.dispose]();
    },
  };
}

/** Where a sealed thing stands: its kind first, then all that it is bound to. */
export function place(
  kind: string,
  binding: Binding,
  ...parts: readonly FramePart[]
): Uint8Array {
  return frame(
    `assent/${kind}/v1`,
    binding.accountId,
    binding.keyEpoch,
    ...parts,
  );
}

/** The part of an item's places that is the item's own. */
export function itemFrame(item: ItemState): Uint8Array {
  const { vaultId, id, revision, flags } = item;
  return frame(vaultId, id, revision, flags);
}

/**
 * The place of an item's overview, of the key of its detail, or of the detail
 * itself, which is the same whatever the key epoch. `item`: see itemFrame.
 */
export function itemPlace(
  kind: "overview" | "detail-key" | "detail",
  binding: Binding,
  item: Uint8Array,
): Uint8Array {
  let heads = itemHeads.get(binding);
  if (heads === undefined) {
    heads = {
      overview: place("overview", binding),
      "detail-key": place("detail-key", binding),
      detail: frame("assent/detail/v1", binding.accountId),
    };
    itemHeads.set(binding, heads);
  }
  return joined(heads[kind], item);
}

// Every item of an account begins alike.
const itemHeads = new WeakMap<
  Binding,
  Readonly<Record<"overview" | "detail-key" | "detail", Uint8Array>>
>();

/**
 * The digest of an item's row, for the ledger. The tags stand for the
 * envelopes, which nobody can forge without the vault key; the key's envelope
 * in turn vouches for the detail.
 */
export function itemDigest(
  keys: AccountKeys,
  { vaultId, id, revision, flags }: ItemState,
  { overview, key }: ItemEnvelopes,
): Uint8Array {
  return keys.rows.digest(
    place(
      "item",
      keys.binding,
      vaultId,
      id,
      revision,
      flags,
      envelopeTag(overview),
      envelopeTag(key),
    ),
  );
}

/** The tag at the end of an envelope. */
function envelopeTag(envelope: Uint8Array): Uint8Array {
  return envelope.subarray(-16);
}

/** The digest of a vault's row, for the ledger. */
export function vaultDigest(keys: AccountKeys, row: VaultRow): Uint8Array {
  const { id, revision, key, description } = row;
  return keys.rows.digest(
    place("vault", keys.binding, id, revision, key, description),
  );
}

/** The digest of a slot's row, for the ledger. */
export function slotDigest(keys: AccountKeys, row: SlotRow): Uint8Array {
  const { id, position, kind, label, parameters } = row;
  const { commitment, publicKey, box } = row;
  return keys.rows.digest(
    place(
      "slot",
      keys.binding,
      id,
      position,
      kind,
      label,
      parameters,
      commitment,
      publicKey,
      box,
    ),
  );
}

/** Seal under a key of the account. */
export function sealUnder(
  key: Secret,
  where: Uint8Array,
  plaintext: Uint8Array,
  random: Random,
): Uint8Array {
  return seal(key.bytes, where, plaintext, random);
}

/** Open what must open. @throws StoreError "corrupt" */
export function openUnder(
  key: Pick<Secret, "bytes">,
  where: Uint8Array,
  envelope: Uint8Array,
): Secret {
  try {
    return open(key.bytes, where, envelope);
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    throw corruptRows();
  }
}

/** Rows were changed behind the broker's back. */
export function corruptRows(): StoreError {
  return new StoreError(
    "corrupt",
    "the account file was changed by something else; put back a copy that is whole",
  );
}
