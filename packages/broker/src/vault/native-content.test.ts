// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ItemSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createId } from "../crypto/id.ts";
import { type Random, randomKey, systemRandom } from "../crypto/random.ts";
import { createNativeAccount, readLockedAccount } from "./native-account.ts";
import { chunkLength, openContent, sealContent } from "./native-content.ts";
import {
  type FileOptions,
  type NativeFile,
  openNativeFile,
} from "./native-file.ts";
import { openSlot, type SlotDraft } from "./native-slot.ts";
import { type NativeStore, openNativeStore } from "./native-store.ts";
import {
  all,
  newVault,
  refusal,
  contentOf as storedContent,
} from "./store-drafts.fixture.ts";

let directory: string;
let path: string;
const accountId = createId(systemRandom);
const slot: SlotDraft = {
  id: createId(systemRandom),
  kind: "recovery-code",
  label: "",
  parameters: { derivation: "hkdf-sha256", salt: new Uint8Array(16) },
  key: randomKey(systemRandom),
};

let file: NativeFile;
let store: NativeStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-content-"));
  path = join(directory, `${accountId}.db`);
  const draft = { id: accountId, name: "Work", slot };
  createNativeAccount(path, draft, systemRandom);
  reopen();
});

afterEach(() => {
  file.close();
  rmSync(directory, { recursive: true });
});

function reopen(options?: FileOptions): void {
  file?.close();
  file = openNativeFile(path, options);
  const { row, slots } = readLockedAccount(file, accountId);
  const own = slots.find(({ id }) => id === slot.id);
  const binding = { accountId, keyEpoch: row.keyEpoch };
  using key = own && openSlot(own, binding, slot.key);
  if (key === undefined) throw new Error("the slot does not open");
  const facts = { now: () => 1_000, random: systemRandom };
  store = openNativeStore(file, key.bytes, facts);
}

const contentOf = (itemId: string, fileId: string) =>
  storedContent(store, itemId, fileId);

function chunksOf(itemId: string, fileId: string): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = file.rows.chunk(itemId, fileId, chunks.length);
    if (chunk === undefined) return chunks;
    chunks.push(chunk);
  }
}

const three = new Uint8Array(3 * chunkLength).map((_, at) => at % 251);
const alike = new Uint8Array(3 * chunkLength);

/** Two items: the first with two files of three chunks, the other with one. */
function fill() {
  const vaultId = newVault(store);
  const [first, second] = ["one", "two"].map((title) => {
    const overview = { vaultId, title };
    return store.putItem(create(ItemSchema, { overview })).overview?.id ?? "";
  });
  const item = first ?? "";
  const other = second ?? "";
  const named = (name: string) => ({ id: "", name, sectionId: "" });
  const a = store.putFile(item, 1n, named("a"), three).id;
  const b = store.putFile(item, 2n, named("b"), alike).id;
  const c = store.putFile(other, 1n, named("c"), three).id;
  return { item, other, a, b, c, vaultId };
}
type Filled = ReturnType<typeof fill>;

const byte = (chunk: Uint8Array, at: number) => {
  const changed = Uint8Array.from(chunk);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};

// What becomes of the chunks of "a".
const alterations: Record<
  string,
  (chunks: Uint8Array[], filled: Filled) => (Uint8Array | undefined)[]
> = {
  "two chunks exchanged": ([x, y, z]) => [y, x, z],
  "a chunk repeated": ([x, , z]) => [x, x, z],
  "the last chunk cut off": ([x, y]) => [x, y],
  "every chunk gone": () => [],
  "a chunk of another file of the item": ([x, , z], { item, b }) => [
    x,
    chunksOf(item, b)[1],
    z,
  ],
  "a chunk of a file of another item": ([x, , z], { other, c }) => [
    x,
    chunksOf(other, c)[1],
    z,
  ],
  "all chunks of a file of another item": (_, { other, c }) =>
    chunksOf(other, c),
  "one changed bit": ([x, y, z]) => [x, y && byte(y, 20), z],
  "a chunk cut short": ([x, y, z]) => [x, y?.subarray(0, -1), z],
  "an empty chunk": ([x, , z]) => [x, new Uint8Array(), z],
};

describe("in the content of a file", () => {
  for (const [what, alter] of Object.entries(alterations)) {
    test(`${what} is noticed when it is read, and the rest can be read (T37b)`, () => {
      const filled = fill();
      const { item, other, a, b, c } = filled;
      const changed = alter(chunksOf(item, a), filled).flatMap((one) =>
        one === undefined ? [] : one,
      );
      file.rows.putChunks(item, a, changed);
      reopen();
      expect(refusal(() => contentOf(item, a))).toBe("corrupt");
      expect(contentOf(item, b).equals(alike)).toBe(true);
      expect(contentOf(other, c).equals(three)).toBe(true);
      using opened = store.read(item);
      expect(opened.item.files.length).toBe(2);
    });
  }

  test("what it was before is not taken for what it is (T37b)", () => {
    const { item, a } = fill();
    const before = chunksOf(item, a);
    const again = { id: a, name: "", sectionId: "" };
    store.putFile(item, 3n, again, three);
    expect(contentOf(item, a).equals(three)).toBe(true);
    file.rows.putChunks(item, a, before);
    expect(refusal(() => contentOf(item, a))).toBe("corrupt");
  });

  test("a chunk too many changes nothing", () => {
    const { item, a } = fill();
    const chunks = chunksOf(item, a);
    file.rows.putChunks(item, a, [...chunks, ...chunks]);
    reopen();
    expect(contentOf(item, a).equals(three)).toBe(true);
  });
});

test("only the chunks that are wanted are opened", () => {
  const { item, a } = fill();
  const [first, second] = chunksOf(item, a);
  file.rows.putChunks(
    item,
    a,
    [first, second].flatMap((one) => one ?? []),
  );
  const offset = chunkLength - 1;
  using part = store.readFile(item, a, { offset, length: 2 });
  expect([...part.bytes]).toEqual([...three.subarray(offset, offset + 2)]);
});

test("who knows the key of a content forges none: its chunks are told by their hashes (T55)", () => {
  const key = randomKey(systemRandom);
  // The key is what is drawn first.
  const sameKey = (): Random => {
    let isFirst = true;
    return (bytes) => {
      if (isFirst) bytes.set(key.bytes);
      else systemRandom(bytes);
      isFirst = false;
    };
  };
  const place = { accountId, itemId: "i", fileId: "f", size: 5 };
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  using genuine = sealContent(place, bytesOf("right"), sameKey());
  using forged = sealContent(place, bytesOf("wrong"), sameKey());
  expect(forged.seal.key).toEqual(genuine.seal.key);
  const read = (chunks: readonly Uint8Array[]) => {
    using opened = openContent(place, genuine.seal, all, (at) => chunks[at]);
    return Buffer.from(opened.bytes).toString();
  };
  expect(read(genuine.chunks)).toBe("right");
  expect(refusal(() => read(forged.chunks))).toBe("corrupt");
});

test("a chunk opens in its own place alone, whatever the hashes say (T37b)", () => {
  const place = { accountId, itemId: "i", fileId: "f", size: three.length };
  using sealed = sealContent(place, three, systemRandom);
  const { seal, chunks } = sealed;
  const hashAt = (at: number) => seal.hashes.subarray(at * 32, (at + 1) * 32);
  const read = (where: typeof place, order: readonly number[]) => {
    const hashes = Buffer.concat(order.map(hashAt));
    const at = (position: number) => chunks[order[position] ?? -1];
    using opened = openContent(where, { ...seal, hashes }, all, at);
    return Buffer.from(opened.bytes).equals(three);
  };
  expect(read(place, [0, 1, 2])).toBe(true);
  const other = createId(systemRandom);
  for (const [where, order] of [
    [place, [1, 0, 2]],
    [place, [0, 0, 2]],
    [{ ...place, accountId: other }, [0, 1, 2]],
    [{ ...place, itemId: "j" }, [0, 1, 2]],
    [{ ...place, fileId: "g" }, [0, 1, 2]],
    [{ ...place, size: three.length - 1 }, [0, 1, 2]],
    [{ ...place, size: 2 * chunkLength }, [0, 1]],
    [place, [0, 1]],
  ] as const) {
    expect(refusal(() => read(where, order))).toBe("corrupt");
  }
});

test("a change of all keys leaves contents as they are", () => {
  const { item, other, a, b, c } = fill();
  const before = [...chunksOf(item, a), ...chunksOf(item, b)];
  store.rotate({ removed: [], added: [] });
  const check = () => {
    expect([...chunksOf(item, a), ...chunksOf(item, b)]).toEqual(before);
    expect(contentOf(item, a).equals(three)).toBe(true);
    expect(contentOf(other, c).equals(three)).toBe(true);
  };
  check();
  reopen();
  check();
});

test("a copy of the account holds its files; what was deleted is in no file (T33)", () => {
  const { item, other, a, b, c } = fill();
  const [gone] = chunksOf(item, b);
  store.deleteFile(item, 3n, b);
  expect(chunksOf(item, b)).toEqual([]);
  const copy = join(directory, "copy");
  file.copyTo(copy);
  store.deleteItem(item);
  expect(chunksOf(item, a)).toEqual([]);
  store.lock();
  file.close();
  for (const each of [path, copy]) {
    const bytes = readFileSync(each);
    expect(bytes.includes(gone?.subarray(0, 1_000) ?? "")).toBe(false);
    expect(bytes.includes(three.subarray(0, 1_000))).toBe(false);
  }
  for (const suffix of ["", "-mark"]) rmSync(path + suffix, { force: true });
  copyFileSync(copy, path);
  reopen();
  expect(contentOf(item, a).equals(three)).toBe(true);
  expect(contentOf(other, c).equals(three)).toBe(true);
});

test("a file for which the disk has no room is not there, and the one in its place stays (T36)", () => {
  const { item, a } = fill();
  reopen({ mostPages: 1 });
  const large = new Uint8Array(2_000_000);
  const put = (id: string) =>
    store.putFile(item, 3n, { id, name: "d", sectionId: "" }, large);
  expect(refusal(() => put(""))).toBe("storage");
  expect(refusal(() => put(a))).toBe("storage");
  expect(store.entry(item)?.files.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(contentOf(item, a).equals(three)).toBe(true);
  reopen();
  expect(contentOf(item, a).equals(three)).toBe(true);
  expect(put(a).size).toBe(2_000_000n);
});

test("the size of a small file shows only in steps of 4 KiB", () => {
  const sealed = (size: number) => {
    const place = { accountId, itemId: "i", fileId: "f", size };
    using content = sealContent(place, new Uint8Array(size), systemRandom);
    return content.chunks.map((chunk) => chunk.length);
  };
  expect(sealed(0)).toEqual(sealed(4_096));
  expect(sealed(1)).toEqual(sealed(4_000));
  expect(sealed(4_097)).not.toEqual(sealed(4_096));
  expect(sealed(chunkLength + 1)).toEqual([
    ...sealed(chunkLength),
    ...sealed(1),
  ]);
});
