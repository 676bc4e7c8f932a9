// SPDX-License-Identifier: Apache-2.0
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createId } from "../crypto/id.ts";
import { randomBytes, randomKey, systemRandom } from "../crypto/random.ts";
import { createNativeAccount, readLockedAccount } from "./native-account.ts";
import { openNativeFile } from "./native-file.ts";
import type { StoreFacts } from "./native-opening.ts";
import { FileRefusal } from "./native-refusal.ts";
import { openSlot, type SlotDraft } from "./native-slot.ts";
import { type NativeStore, openNativeStore } from "./native-store.ts";
import { StoreError } from "./store.ts";

let directory: string;
let id: string;
let path: string;
let mark: string;
let slot: SlotDraft;
let told: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-mark-"));
  id = createId(systemRandom);
  path = join(directory, `${id}.db`);
  mark = `${path}-mark`;
  told = 0;
  slot = {
    id: createId(systemRandom),
    kind: "recovery-code",
    label: "",
    parameters: {
      derivation: "hkdf-sha256",
      salt: randomBytes(systemRandom, 16),
    },
    key: randomKey(systemRandom),
  };
  createNativeAccount(path, { id, name: "Work", slot }, systemRandom);
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Open, verify, use, and close. */
function using<T>(
  use: (store: NativeStore) => T,
  facts: Partial<StoreFacts> = {},
): T {
  const file = openNativeFile(path);
  try {
    const { row, slots } = readLockedAccount(file, id);
    const binding = { accountId: id, keyEpoch: row.keyEpoch };
    const accountKey = slots[0] && openSlot(slots[0], binding, slot.key);
    if (accountKey === undefined) throw new Error("the slot does not open");
    const store = openNativeStore(file, accountKey.bytes, {
      now: () => 0,
      random: systemRandom,
      onUnmarked: () => {
        told += 1;
      },
      ...facts,
    });
    try {
      return use(store);
    } finally {
      store.lock();
    }
  } finally {
    file.close();
  }
}

const change = (name = "Dev") =>
  using((store) => store.putVault(create(VaultSchema, { name })));
const names = () => using((store) => store.vaults().map(({ name }) => name));
const keep = (as: string) => copyFileSync(path, join(directory, as));
const putBack = (as: string) => copyFileSync(join(directory, as), path);

function refused(): StoreError {
  try {
    names();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a whole older file that is put back is refused with what to do, and changed by nothing (T37)", () => {
  change("one");
  keep("old");
  change("two");
  keep("new");
  const kept = readFileSync(mark);
  putBack("old");
  const { failure, message } = refused();
  expect(failure).toBe("rolled-back");
  expect(message).toContain(path);
  expect(message).toMatch(/assent account restore/);
  expect(message).not.toMatch(/\n/);
  expect(readFileSync(mark)).toEqual(kept);
  expect(readFileSync(path)).toEqual(readFileSync(join(directory, "old")));
  putBack("new");
  expect(names()).toEqual(["one", "two"]);
  expect(told).toBe(0);
});

test("an older file is opened by who accepts it, and its mark stays", () => {
  change("one");
  keep("old");
  change("two");
  putBack("old");
  const accepted = using((store) => store.vaults().length, {
    acceptsOld: true,
  });
  expect(accepted).toBe(1);
  expect(refused().failure).toBe("rolled-back");
});

test("a mark that stayed behind refuses nothing, and is brought up (T37)", () => {
  change("one");
  copyFileSync(mark, join(directory, "mark"));
  keep("old");
  for (const name of ["two", "three", "four"]) change(name);
  // As if the broker had been killed between a change and its mark.
  copyFileSync(join(directory, "mark"), mark);
  expect(names().length).toBe(4);
  putBack("old");
  expect(refused().failure).toBe("rolled-back");
  expect(told).toBe(0);
});

test("another state of as many changes is refused", () => {
  change("one");
  keep("fork");
  change("two");
  copyFileSync(mark, join(directory, "mark"));
  keep("mine");
  putBack("fork");
  rmSync(mark);
  change("other");
  copyFileSync(join(directory, "mark"), mark);
  expect(refused().failure).toBe("rolled-back");
  putBack("mine");
  expect(names()).toEqual(["one", "two"]);
});

test("a mark that is not there is told, except of a file that was never changed (T37)", () => {
  names();
  expect(told).toBe(0);
  rmSync(mark);
  names();
  expect(told).toBe(0);
  change("one");
  rmSync(mark);
  names();
  expect(told).toBe(1);
  expect(statSync(mark).mode & 0o777).toBe(0o600);
  names();
  expect(told).toBe(1);
});

test("a mark that was changed never lets an older file pass unnoticed (T37)", () => {
  change("one");
  keep("old");
  change("two");
  putBack("old");
  const genuine = readFileSync(mark);
  for (let bit = 0; bit < genuine.length * 4; bit += 5) {
    // Both records, since each alone is enough.
    const forged = Buffer.from(genuine);
    for (const at of [0, genuine.length / 2]) {
      const byte = at + (bit >> 3);
      forged[byte] = (forged[byte] ?? 0) ^ (1 << (bit & 7));
    }
    writeFileSync(mark, forged);
    told = 0;
    let wasRefused = false;
    try {
      names();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      expect(error.failure).toBe("rolled-back");
      wasRefused = true;
    }
    expect(wasRefused || told === 1).toBe(true);
  }
});

test("a change of keys leaves no older file that opens, and a rotation that was only announced refuses nothing (T37, T55)", () => {
  change("one");
  keep("before");
  using((store) => store.rotate({ removed: [], added: [] }));
  expect(names()).toEqual(["one"]);
  keep("after");
  copyFileSync(mark, join(directory, "mark"));
  putBack("before");
  expect(refused().failure).toBe("rolled-back");
  putBack("after");
  expect(names()).toEqual(["one"]);

  // Killed after the announcement and before the change of keys is durable.
  const child = [readFileSync(path), readFileSync(mark)] as const;
  const file = openNativeFile(path);
  const commit = file.transaction;
  const failing = {
    ...file,
    transaction: <T>(run: () => T): T =>
      commit(() => {
        run();
        throw new StoreError("storage", "killed");
      }),
  };
  const { row, slots } = readLockedAccount(file, id);
  const binding = { accountId: id, keyEpoch: row.keyEpoch };
  const accountKey = slots[0] && openSlot(slots[0], binding, slot.key);
  if (accountKey === undefined) throw new Error("the slot does not open");
  const facts = { now: () => 0, random: systemRandom };
  const store = openNativeStore(failing, accountKey.bytes, facts);
  expect(() => store.rotate({ removed: [], added: [] })).toThrow(StoreError);
  store.lock();
  file.close();
  expect(readFileSync(mark)).not.toEqual(child[1]);
  expect(names()).toEqual(["one"]);
  expect(told).toBe(0);
});

test("a mark that is a link is refused and not written through (T37)", () => {
  change("one");
  rmSync(mark);
  symlinkSync(join(directory, "elsewhere"), mark);
  expect(() => openNativeFile(path)).toThrow(FileRefusal);
  expect(existsSync(join(directory, "elsewhere"))).toBe(false);
});
