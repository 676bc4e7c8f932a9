// SPDX-License-Identifier: Apache-2.0
// What lies on the disk, and may have been changed by anything: envelopes, what
// is inside of them, rows, and whole files. Of a hundred inputs about 75 are an
// envelope, 20 a text or a detail, five a row, and one in 256 a whole file,
// which costs a thousand times as much.

import { ItemSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { isBearable } from "../src/crypto/argon2.ts";
import { OpenError, open, seal } from "../src/crypto/envelope.ts";
import {
  decodeContentSeals,
  decodeDetail,
  decodeText,
  decodeValues,
  encodeDetail,
  parseOverview,
} from "../src/vault/item-codec.ts";
import { FileRefusal } from "../src/vault/native-refusal.ts";
import type { ItemRow } from "../src/vault/native-rows.ts";
import { parseParameters } from "../src/vault/native-slot.ts";
import { StoreError } from "../src/vault/store.ts";
import { type FuzzTarget, functionTarget } from "./fuzz-target.ts";
import { mutate } from "./mutation.ts";
import { createRandom, type Random } from "./random.ts";
import { createVaultGround, type VaultGround } from "./vault-ground.ts";

interface Input {
  readonly kind: "envelope" | "plain" | "row" | "file";
  readonly seed: number;
  readonly bytes: Uint8Array;
}

const overview = JSON.stringify([
  "title",
  1,
  0,
  0,
  ["tag"],
  ["url"],
  [["s", "section"]],
  [["f", "field", "s", 1]],
  [["x", "file", "", "12"]],
]);
const parameters = JSON.stringify({
  derivation: "argon2id",
  salt: Buffer.alloc(16).toString("base64"),
  memory: 65_536,
  passes: 3,
  parallelism: 4,
});

// A detail with the seals of two contents.
const seals = ["one", "two"].map((fileId) => ({
  fileId,
  key: Buffer.alloc(32, 1),
  hashes: Buffer.alloc(64, 2),
}));
const detail = encodeDetail(create(ItemSchema), seals).bytes;

function padded(text: string): Buffer {
  const block = Buffer.alloc(256);
  block.writeUInt32BE(Buffer.byteLength(text));
  block.write(text, 4);
  return block;
}

/** An envelope that the seed makes, and how it opens. */
function sealed(random: Random) {
  const key = random.bytes(32);
  const place = random.bytes(random.below(64));
  const plaintext = random.bytes(random.below(600));
  const fill = (target: Uint8Array) => target.set(random.bytes(target.length));
  return { key, place, plaintext, envelope: seal(key, place, plaintext, fill) };
}

function itemRow({ rows }: VaultGround, random: Random): ItemRow {
  const head = random.pick(rows.items());
  const envelopes = rows.envelopes(head.id);
  const detail = rows.detail(head.id);
  if (!envelopes || !detail) throw new Error("there is no such row");
  return { ...head, ...envelopes, detail };
}

const columns = ["overview", "key", "detail"] as const;

// One row in four is a chunk of a file.
const rowKinds = [...columns, "chunk"] as const;

function rowBytes(
  ground: VaultGround,
  row: ItemRow,
  kind: (typeof rowKinds)[number],
): Uint8Array {
  return kind === "chunk" ? ground.chunk : row[kind];
}

function make(seed: number, ground: VaultGround): Input {
  const random = createRandom(seed);
  const kind = random.oneIn(256)
    ? "file"
    : random.pick([
        ...Array.from({ length: 15 }, () => "envelope" as const),
        ...Array.from({ length: 4 }, () => "plain" as const),
        "row" as const,
      ]);
  const original = {
    envelope: () => sealed(random).envelope,
    plain: () =>
      random.pick([padded(overview), Buffer.from(parameters), detail]),
    row: () => rowBytes(ground, itemRow(ground, random), random.pick(rowKinds)),
    file: () => ground.bytes,
  }[kind]();
  return { kind, seed, bytes: mutate(random, original) };
}

function check({ kind, seed, bytes }: Input, ground: VaultGround): void {
  // The same choices as when it was made.
  const random = createRandom(seed);
  random.oneIn(256);
  switch (kind) {
    case "envelope": {
      random.below(20);
      const { key, place, plaintext, envelope } = sealed(random);
      const opened = refusedBy(OpenError, () => {
        using secret = open(key, place, bytes);
        return Buffer.from(secret.bytes);
      });
      const isSame = Buffer.compare(bytes, envelope) === 0;
      if (isSame !== (opened !== undefined)) throw new Error("it opened");
      if (opened && Buffer.compare(opened, plaintext) !== 0) {
        throw new Error("it opened to something else");
      }
      return;
    }
    case "plain":
      checkPlain(bytes);
      return;
    case "row": {
      random.below(20);
      const row = itemRow(ground, random);
      const kind = random.pick(rowKinds);
      const isSame = Buffer.compare(bytes, rowBytes(ground, row, kind)) === 0;
      const found = refusedBy(StoreError, () =>
        ground.readRows((rows) =>
          kind === "chunk"
            ? ground.putChunk(bytes)
            : rows.putItem({ ...row, [kind]: bytes }),
        ),
      );
      if (found !== (isSame ? ground.whole : undefined))
        throw new Error("it opened");
      return;
    }
    case "file": {
      const found = refusedBy([FileRefusal, StoreError], () =>
        ground.readFile(bytes),
      );
      // What was changed may have been in nothing that counts; an empty text is
      // a slot that no key opens.
      if (found !== undefined && found !== "" && found !== ground.whole) {
        throw new Error("it opened to something else");
      }
      return;
    }
  }
}

function checkPlain(bytes: Uint8Array): void {
  const cost = parseParameters(Buffer.from(bytes).toString("utf8"));
  if (cost?.derivation === "argon2id" && !isBearable(cost.cost)) {
    throw new Error("a cost that cannot be borne");
  }
  const state = { id: "", vaultId: "", revision: 1n, archived: false };
  // Whatever they throw is caught where they are used; they must end.
  const decoders: (() => unknown)[] = [
    () => parseOverview(decodeText(bytes), state),
    () => decodeDetail(bytes),
    () => decodeValues(bytes),
    () => decodeContentSeals(bytes),
  ];
  for (const decode of decoders) {
    refusedBy(Error, decode);
  }
}

type Refusal = abstract new (...parameters: never[]) => Error;

function refusedBy<T>(
  refusals: Refusal | readonly Refusal[],
  use: () => T,
): T | undefined {
  try {
    return use();
  } catch (error) {
    const known = [refusals].flat() as readonly Refusal[];
    if (known.some((refusal) => error instanceof refusal)) return undefined;
    throw error;
  }
}

/** Whatever lies on the disk, it opens as it was sealed, or is refused with a type (T37, T37b). */
export const target: FuzzTarget = {
  name: "vault",
  async run(options) {
    const keys = createRandom(0);
    using ground = createVaultGround((bytes) =>
      bytes.set(keys.bytes(bytes.length)),
    );
    return await functionTarget<Input>("vault", {
      make: (seed) => make(seed, ground),
      check: (input) => check(input, ground),
      toBytes: ({ bytes }) => bytes,
    }).run(options);
  },
};
