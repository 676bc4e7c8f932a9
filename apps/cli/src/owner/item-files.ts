// SPDX-License-Identifier: Apache-2.0
import { type File, FileSchema, type Item, limits } from "@assent/protocol";
import { inARow, makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { CommandError, exitCodes } from "../exit.ts";
import { operate } from "./operate.ts";
import type { Authenticated } from "./session.ts";

/** Where an item is, and in which state. */
export interface ItemPlace {
  readonly vaultId: string;
  readonly itemId: string;
  readonly revision: bigint;
}

/** Where an item was read from. */
export function placeOf({ overview, revision }: Item): ItemPlace {
  return {
    vaultId: overview?.vaultId ?? "",
    itemId: overview?.id ?? "",
    revision,
  };
}

/** A file as it is put; an empty id makes a new one. */
export type FilePut = Pick<File, "id" | "name" | "sectionId">;

/**
 * Attach or replace a file, in as many parts as it takes: it appears with the
 * last. `content` stays the caller's.
 */
export async function putFile(
  session: Authenticated,
  place: ItemPlace,
  file: FilePut,
  content: Uint8Array,
): Promise<File> {
  const size = BigInt(content.length);
  let put = create(FileSchema, { ...file, size });
  let start = 0;
  do {
    const end = Math.min(start + limits.putFileBytes, content.length);
    const part = content.slice(start, end);
    try {
      put = await operate(
        session,
        {
          case: "putFile",
          value: {
            ...place,
            file: { ...file, size },
            content: part,
            offset: BigInt(start),
            last: end === content.length,
          },
        },
        "file",
      );
    } finally {
      part.fill(0);
    }
    start = end;
  } while (start < content.length);
  return put;
}

/**
 * All of a file; the caller's to zero.
 *
 * @throws CommandError when it was changed meanwhile
 */
export async function readFile(
  session: Authenticated,
  { vaultId, itemId }: ItemPlace,
  { id: fileId, size }: Pick<File, "id" | "size">,
): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafeSlow(Number(size));
  let revision: bigint | undefined;
  let at = 0;
  do {
    const offset = BigInt(at);
    const length = limits.readFileBytes;
    const value = { vaultId, itemId, fileId, offset, length };
    const chunk = await operate(
      session,
      { case: "readFile", value },
      "fileChunk",
    );
    revision ??= chunk.revision;
    const { data } = chunk;
    const isSame = chunk.size === size && chunk.revision === revision;
    const goesOn = data.length > 0 || at === whole.length;
    if (!isSame || !goesOn || at + data.length > whole.length) {
      whole.fill(0);
      throw new CommandError(
        exitCodes.failed,
        "The item was changed meanwhile. Nothing was written.",
        "Try again.",
      );
    }
    whole.set(data, at);
    at += data.length;
    data.fill(0);
  } while (at < whole.length);
  return whole;
}

/** A file of an item, by id or name. @throws CommandError when none or several match */
export function findFile(item: Item, wanted: string): File {
  const byId = item.files.find(({ id }) => id === wanted);
  if (byId !== undefined) return byId;
  const named = item.files.filter(({ name }) => name === wanted);
  const [only, other] = named;
  if (only !== undefined && other === undefined) return only;
  if (only === undefined) {
    const names = item.files.map(({ name }) => makeSafe(name));
    throw new CommandError(
      exitCodes.notFound,
      `There is no file ${makeSafe(wanted)}.`,
      names.length === 0 ? undefined : `There is: ${inARow(names)}.`,
    );
  }
  throw new CommandError(
    exitCodes.notFound,
    `More than one file is called ${makeSafe(wanted)}.`,
    `Use an id: ${inARow(named.map(({ id }) => id))}.`,
  );
}
