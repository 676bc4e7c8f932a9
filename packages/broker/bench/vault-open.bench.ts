// SPDX-License-Identifier: Apache-2.0
// What it costs to open a large account, and to read one secret of it.

import { createCipheriv, createDecipheriv, hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ItemSchema,
  parseSecretReference,
  VaultSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { createId } from "../src/crypto/id.ts";
import { randomBytes, randomKey, systemRandom } from "../src/crypto/random.ts";
import { indexedStore } from "../src/vault/indexed-store.ts";
import {
  createNativeAccount,
  readLockedAccount,
} from "../src/vault/native-account.ts";
import { type NativeFile, openNativeFile } from "../src/vault/native-file.ts";
import { openSlot } from "../src/vault/native-slot.ts";
import {
  type NativeStore,
  openNativeStore,
} from "../src/vault/native-store.ts";
import { matchReference, readMatch } from "../src/vault/reference.ts";

const itemCount = 10_000;
const opens = 9;
const reads = 20_000;
/** Secrets that programs keep asking for. */
const inUse = 100;

/**
 * `vault_10k_open_ms`: from the account key to an account of ten thousand
 * items that is open and verified. `resolve_in_process_us`: one reference to
 * one value, opened and zeroed again, of a hundred that are in use, whose keys
 * are at hand; `resolve_any_us`: each time another of all ten thousand, more
 * than there are keys kept, and little of it in the processor's caches.
 * `resolve_floor_us`: what of the first no broker of this format can do
 * without, by the bare calls of the runtime, taking turns with it: one row
 * read, one envelope opened, one SHA-256. Medians.
 */
export async function measure(): Promise<Record<string, number>> {
  const directory = mkdtempSync(join(tmpdir(), "assent-bench-"));
  try {
    const account = createAccount(directory);
    fill(account);
    const openMs: number[] = [];
    let store = account.open();
    for (let round = 0; round < opens; round++) {
      store.lock();
      const start = performance.now();
      store = account.open();
      openMs.push(performance.now() - start);
    }
    const timed = timeReads(store, account.file, inUse);
    const { resolve_in_process_us: any } = timeReads(
      store,
      account.file,
      itemCount,
    );
    store.lock();
    account.file.close();
    return {
      vault_10k_open_ms: median(openMs),
      ...timed,
      resolve_any_us: any ?? Number.NaN,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface BenchAccount {
  readonly file: NativeFile;
  open(file?: NativeFile): NativeStore;
}

function createAccount(directory: string): BenchAccount {
  const id = createId(systemRandom);
  const path = join(directory, `${id}.db`);
  const slot = {
    id: createId(systemRandom),
    kind: "recovery-code",
    label: "",
    parameters: {
      derivation: "hkdf-sha256",
      salt: randomBytes(systemRandom, 16),
    },
    key: randomKey(systemRandom),
  } as const;
  createNativeAccount(path, { id, name: "Work", slot }, systemRandom);
  const own = openNativeFile(path);
  const { row, slots } = readLockedAccount(own, id);
  const binding = { accountId: id, keyEpoch: row.keyEpoch };
  const accountKey = slots[0] && openSlot(slots[0], binding, slot.key);
  if (accountKey === undefined) throw new Error("the slot does not open");
  const facts = { now: Date.now, random: systemRandom };
  return {
    file: own,
    open: (file = own) => openNativeStore(file, accountKey.bytes, facts),
  };
}

// Items as people have them: two fields, a note, a tag, an address.
function fill({ file, open }: BenchAccount): void {
  // One transaction for all: each save alone would wait for the disk.
  const store = open({ ...file, transaction: (change) => change() });
  file.transaction(() => {
    const vaultId = store.putVault(create(VaultSchema, { name: "Dev" })).id;
    for (let number = 0; number < itemCount; number++) {
      store.putItem(
        create(ItemSchema, {
          overview: {
            vaultId,
            title: `Service ${number}`,
            tags: ["work"],
            urls: [`https://service-${number}.example/login`],
          },
          fields: [
            { title: "username", value: Buffer.from(`user-${number}`) },
            { title: "password", value: Buffer.from(`secret of ${number}`) },
          ],
          notes: Buffer.from("Ask the team before changing this."),
        }),
      );
    }
  });
  store.lock();
}

function timeReads(
  store: NativeStore,
  { rows }: NativeFile,
  among: number,
): Record<string, number> {
  const view = indexedStore(store);
  const ids = rows.items().map(({ id }) => id);
  const openDetail = bareEnvelope(512);
  const took: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < reads; round++) {
    const text = `assent://Dev/Service ${(round * 7919) % among}/password`;
    const bareStart = performance.now();
    const detail = rows.detail(ids[(round * 7907) % among] ?? "");
    hash("sha256", detail ?? "", "buffer");
    openDetail();
    floor.push((performance.now() - bareStart) * 1_000);
    const start = performance.now();
    const found = matchReference(view, parseSecretReference(text));
    if (!("match" in found)) throw new Error(`${text} has no value`);
    using opened = view.read(found.match.itemId);
    const outcome = readMatch(opened.values, found.match, 0);
    if (!("value" in outcome)) throw new Error(`${text} has no value`);
    outcome.value.fill(0);
    took.push((performance.now() - start) * 1_000);
  }
  return {
    resolve_in_process_us: median(took),
    resolve_floor_us: median(floor),
  };
}

/** Opens an envelope of so many bytes, as the runtime does it. */
function bareEnvelope(length: number): () => Uint8Array {
  const key = randomBytes(systemRandom, 32);
  const nonce = randomBytes(systemRandom, 12);
  const place = randomBytes(systemRandom, 150);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(place);
  const sealed = cipher.update(new Uint8Array(length));
  cipher.final();
  const tag = cipher.getAuthTag();
  return () => {
    const options = { authTagLength: 16 };
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, options);
    decipher.setAAD(place);
    decipher.setAuthTag(tag);
    const plain = decipher.update(sealed);
    decipher.final();
    return plain;
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
