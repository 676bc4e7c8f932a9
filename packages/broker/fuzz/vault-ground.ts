// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ItemSchema, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { createId } from "../src/crypto/id.ts";
import { type Random, randomBytes, randomKey } from "../src/crypto/random.ts";
import {
  createNativeAccount,
  readLockedAccount,
} from "../src/vault/native-account.ts";
import { type NativeFile, openNativeFile } from "../src/vault/native-file.ts";
import type { NativeRows } from "../src/vault/native-rows.ts";
import { openSlot } from "../src/vault/native-slot.ts";
import {
  type NativeStore,
  openNativeStore,
} from "../src/vault/native-store.ts";

/** A small account, always the same, whose rows or file can be replaced for a moment. */
export interface VaultGround extends Disposable {
  readonly rows: NativeRows;
  /** The content of its only file, sealed. */
  readonly chunk: Uint8Array;
  /** Put other bytes in the place of `chunk`. */
  putChunk(bytes: Uint8Array): void;
  /** What reading all of it gives. */
  readonly whole: string;
  /** The bytes of its file. */
  readonly bytes: Uint8Array;
  /** Change rows, open the account and read all of it; then the rows are as before. */
  readRows(change: (rows: NativeRows) => void): string;
  /** The same with other bytes for the whole file. */
  readFile(bytes: Uint8Array): string;
}

const itemCount = 4;

function filesOf(store: NativeStore, itemId: string): string[] {
  return (store.entry(itemId)?.files ?? []).map(({ id, name, size }) => {
    const range = { offset: 0, length: Number(size) };
    using content = store.readFile(itemId, id, range);
    return `${name}: ${Buffer.from(content.bytes)}`;
  });
}

/** `random` makes its keys and ids. */
export function createVaultGround(random: Random): VaultGround {
  const directory = mkdtempSync(join(tmpdir(), "assent-fuzz-"));
  const id = createId(random);
  const path = join(directory, `${id}.db`);
  const slot = {
    id: createId(random),
    kind: "recovery-code",
    label: "",
    parameters: { derivation: "hkdf-sha256", salt: randomBytes(random, 16) },
    key: randomKey(random),
  } as const;
  const facts = { now: () => 0, random, acceptsOld: true };
  createNativeAccount(path, { id, name: "Work", slot }, random);

  const open = (file: NativeFile) => {
    const { row, slots } = readLockedAccount(file, id);
    const binding = { accountId: id, keyEpoch: row.keyEpoch };
    const accountKey = slots[0] && openSlot(slots[0], binding, slot.key);
    return accountKey && openNativeStore(file, accountKey.bytes, facts);
  };
  // All that can be told of the account, in one text.
  const read = (file: NativeFile): string => {
    const store = open(file);
    if (store === undefined) return "";
    try {
      const values = store.vaults().map((vault) => [
        vault.name,
        store.items(vault.id).map(({ overview }) => {
          using opened = store.read(overview.id);
          const [field] = opened.item.fields;
          const value = Buffer.from(field?.value ?? []).toString();
          return [overview.title, value, ...filesOf(store, overview.id)];
        }),
      ]);
      return JSON.stringify([file.rows.account()?.name, values]);
    } finally {
      store.lock();
    }
  };

  const filled = openNativeFile(path);
  const store = open(filled);
  const vault = store?.putVault(create(VaultSchema, { name: "Dev" }));
  for (let number = 0; number < itemCount; number++) {
    store?.putItem(
      create(ItemSchema, {
        overview: { vaultId: vault?.id ?? "", title: `item ${number}` },
        fields: [{ title: "f", value: Buffer.from(`value ${number}`) }],
      }),
    );
  }
  const [first] = store?.items(vault?.id ?? "") ?? [];
  const itemId = first?.overview.id ?? "";
  const draft = { id: "", name: "file", sectionId: "" };
  const content = Buffer.from("content");
  const fileId = store?.putFile(itemId, 1n, draft, content).id ?? "";
  store?.lock();
  filled.close();
  const bytes = readFileSync(path);
  const file = openNativeFile(path);
  const other = join(directory, "other.db");

  return {
    rows: file.rows,
    chunk: file.rows.chunk(itemId, fileId, 0) ?? new Uint8Array(),
    putChunk: (bytes) => file.rows.putChunks(itemId, fileId, [bytes]),
    whole: read(file),
    bytes,
    readRows(change) {
      let found = "";
      const undo = new Error("as it was");
      try {
        file.transaction(() => {
          change(file.rows);
          // Whether it opens is what is looked at; nothing stays.
          found = read(file);
          throw undo;
        });
      } catch (error) {
        if (error !== undo) throw error;
      }
      return found;
    },
    readFile(changed) {
      for (const suffix of ["-wal", "-shm", "-journal", "-mark"]) {
        rmSync(other + suffix, { force: true });
      }
      writeFileSync(other, changed, { mode: 0o600 });
      const opened = openNativeFile(other);
      try {
        return read(opened);
      } finally {
        opened.close();
      }
    },
    [Symbol.dispose]() {
      file.close();
      rmSync(directory, { recursive: true });
    },
  };
}
