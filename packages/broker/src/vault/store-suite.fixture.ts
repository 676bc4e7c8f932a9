// SPDX-License-Identifier: Apache-2.0
import { VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { publicKeyOf } from "../crypto/key-pair.ts";
import {
  all,
  draft,
  file,
  newVault,
  refusal,
  stored,
  utf8,
} from "./store-drafts.fixture.ts";
import type { Facts, SuiteAccount } from "./store-facts.fixture.ts";
import { fileFacts } from "./store-files.fixture.ts";
import { itemFacts } from "./store-items.fixture.ts";

/**
 * What every kind of store must do, whatever it keeps an account in: the facts
 * of `AccountStore` as tests. `newAccount` makes an account of its own for each;
 * what is to be cleaned up is the caller's.
 *
 * @example storeSuite("the sealed file", newAccount)
 */
export function storeSuite(name: string, newAccount: () => SuiteAccount): void {
  describe(name, () => {
    for (const [fact, judge] of Object.entries(allFacts)) {
      test(fact, () => judge(newAccount()));
    }
  });
}

const lockFacts: Facts = {
  "a locked store tells nothing, and what was open is zeroed (LCK-002)": (
    account,
  ) => {
    const { store, lock } = account.open();
    const vaultId = newVault(store);
    const item = store.putItem(draft(vaultId));
    const { id } = stored(item).overview;
    const { id: fileId } = store.putFile(id, 1n, file("a"), utf8("content"));
    const { item: open } = store.read(id);
    const content = store.readFile(id, fileId, all).bytes;
    const closed = store.readFile(id, fileId, all);
    const { privateLogKey } = store;
    expect(publicKeyOf(privateLogKey)).toEqual(store.publicLogKey);
    closed[Symbol.dispose]();
    expect(isZeroed(closed.bytes)).toBe(true);
    expect(isZeroed(content)).toBe(false);
    lock();
    lock();
    expect(open.fields.every(({ value }) => isZeroed(value))).toBe(true);
    for (const bytes of [open.notes, privateLogKey, content]) {
      expect(isZeroed(bytes)).toBe(true);
    }
    const uses: (() => unknown)[] = [
      () => store.vaults(),
      () => store.vault(vaultId),
      () => store.items(vaultId),
      () => store.entry(id),
      () => store.read(id),
      () => store.putVault(create(VaultSchema, { name: "x" })),
      () => store.deleteVault(vaultId),
      () => store.putItem(item),
      () => store.createItems([draft(vaultId)]),
      () => store.archiveItem(id),
      () => store.deleteItem(id),
      () => store.readFile(id, fileId, all),
      () => store.putFile(id, 2n, file("b"), utf8("b")),
      () => store.deleteFile(id, 2n, fileId),
      () => store.privateLogKey,
    ];
    for (const use of uses) expect(refusal(use)).toBe("locked");
  },
};

const allFacts: Facts = { ...itemFacts, ...fileFacts, ...lockFacts };

function isZeroed(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
