// SPDX-License-Identifier: Apache-2.0
import {
  DeleteFileSchema,
  FileSchema,
  GetItemsSchema,
  limits,
  PutFileSchema,
  ReadFileSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "./call-limit.ts";
import { AssentError } from "./error.ts";
import type { File, Item, SecretInput } from "./item.ts";
import { give, readRevision } from "./item-message.ts";
import { readOutcome } from "./item-outcomes.ts";
import type { Request, Requester } from "./requester.ts";

/** A file to attach. */
export interface NewFile {
  readonly name: string;
  /** At most 32 MiB. */
  readonly content: SecretInput;
  /** The section of the item that it is in. */
  readonly sectionId?: string;
}

/** An item as it was read: which one, and in which state. */
export type FileItem = Pick<Item, "id" | "vaultId" | "revision">;

/**
 * The files of items. Each change gives the item as it is then, since its
 * revision rises: the next change takes that one.
 */
export interface Files {
  /**
   * Attach a file. It is sent in parts, and appears whole or not at all.
   *
   * @throws AssentError "conflict" when the item was changed since it was read,
   * "limit-exceeded" for more than 32 MiB, and as every call
   */
  attach(item: FileItem, file: NewFile, options?: CallOptions): Promise<Item>;
  /**
   * All of a file; the array is the program's own.
   *
   * @throws AssentError "conflict" when the item is changed meanwhile,
   * "not-found", "out-of-scope", and as every call
   */
  read(
    vaultId: string,
    itemId: string,
    file: Pick<File, "id">,
    options?: CallOptions,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * A file in parts of at most 1 MiB, each read when it is asked for; a time
   * limit is that of one part. Throws as `read`.
   */
  stream(
    vaultId: string,
    itemId: string,
    file: Pick<File, "id">,
    options?: CallOptions,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
  /**
   * Other content for a file; without a name it keeps its own. Throws as
   * `attach`.
   */
  replace(
    item: FileItem,
    file: Pick<File, "id" | "sectionId">,
    content: Pick<NewFile, "content"> & Partial<Pick<NewFile, "name">>,
    options?: CallOptions,
  ): Promise<Item>;
  /**
   * The file of an item of category `document`: replaced, or attached if there
   * is none. Throws as `attach`, and "invalid" when it has several.
   */
  replaceDocument(
    item: FileItem & Pick<Item, "files">,
    file: Pick<NewFile, "name" | "content">,
    options?: CallOptions,
  ): Promise<Item>;
  /** Remove a file. Throws as `attach`. */
  delete(
    item: FileItem,
    file: Pick<File, "id">,
    options?: CallOptions,
  ): Promise<Item>;
}

interface Chunk {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly size: number;
  readonly revision: bigint;
}

export function createFiles(requester: Requester): Files {
  function put(
    item: FileItem,
    file: { id: string; name: string; sectionId: string },
    content: SecretInput,
    options: CallOptions | undefined,
  ): Promise<Item> {
    return requester(options, async (request) => {
      const bytes = give(content);
      try {
        await send(request, item, file, bytes);
      } finally {
        bytes.fill(0);
      }
      return readChanged(request, item);
    });
  }

  const files: Files = {
    attach: (item, { name, content, sectionId = "" }, options) =>
      put(item, { id: "", name, sectionId }, content, options),
    replace: (item, { id, sectionId }, { name = "", content }, options) =>
      put(item, { id, name, sectionId }, content, options),
    async replaceDocument(item, { name, content }, options) {
      const [file, other] = item.files;
      if (other !== undefined) {
        throw new AssentError("invalid", "The item has several files.");
      }
      if (file === undefined) {
        return files.attach(item, { name, content }, options);
      }
      return files.replace(item, file, { name, content }, options);
    },
    delete: (item, { id: fileId }, options) =>
      requester(options, async (request) => {
        const { vaultId, id: itemId } = item;
        const revision = readRevision(item.revision);
        const value = create(DeleteFileSchema, {
          vaultId,
          itemId,
          revision,
          fileId,
        });
        await request("changes", { case: "deleteFile", value }, "done");
        return readChanged(request, item);
      }),
    read: (vaultId, itemId, { id }, options) =>
      requester(options, async (request) => {
        let whole: Uint8Array<ArrayBuffer> | undefined;
        let at = 0;
        for await (const { data, size } of chunks((offset) =>
          readChunk(request, vaultId, itemId, id, offset),
        )) {
          whole ??= new Uint8Array(size);
          whole.set(data, at);
          at += data.length;
          data.fill(0);
        }
        return whole ?? new Uint8Array();
      }),
    async *stream(vaultId, itemId, { id }, options) {
      const read = (offset: number) =>
        requester(options, (request) =>
          readChunk(request, vaultId, itemId, id, offset),
        );
      for await (const { data } of chunks(read)) yield data;
    },
  };
  return files;
}

/** From the first byte to the last, of one state of the item. */
async function* chunks(
  read: (offset: number) => Promise<Chunk>,
): AsyncGenerator<Chunk, void, undefined> {
  const first = await read(0);
  let at = 0;
  for (let chunk = first; ; chunk = await read(at)) {
    const { data, size, revision } = chunk;
    if (size !== first.size || revision !== first.revision) {
      throw new AssentError("conflict");
    }
    at += data.length;
    const isStuck = data.length === 0 && at < size;
    if (isStuck || at > size || size > limits.fileBytes) {
      throw new AssentError("malformed-answer");
    }
    if (data.length > 0) yield chunk;
    if (at === size) return;
  }
}

async function readChunk(
  request: Request,
  vaultId: string,
  itemId: string,
  fileId: string,
  offset: number,
): Promise<Chunk> {
  const value = create(ReadFileSchema, {
    vaultId,
    itemId,
    fileId,
    offset: BigInt(offset),
    length: limits.readFileBytes,
  });
  const { data, size, revision } = await request(
    "reads",
    { case: "readFile", value },
    "fileChunk",
  );
  const copy = new Uint8Array(data);
  data.fill(0);
  return { data: copy, size: Number(size), revision };
}

async function send(
  request: Request,
  { vaultId, id: itemId, revision }: FileItem,
  file: { id: string; name: string; sectionId: string },
  bytes: Uint8Array,
): Promise<void> {
  if (bytes.length > limits.fileBytes) throw new AssentError("limit-exceeded");
  const size = BigInt(bytes.length);
  let start = 0;
  let last: boolean;
  do {
    const end = Math.min(start + limits.putFileBytes, bytes.length);
    last = end === bytes.length;
    const value = create(PutFileSchema, {
      vaultId,
      itemId,
      revision: readRevision(revision),
      file: create(FileSchema, { ...file, size }),
      content: bytes.subarray(start, end),
      offset: BigInt(start),
      last,
    });
    // Nothing is changed before the last part.
    const effect = last ? "changes" : "reads";
    await request(effect, { case: "putFile", value }, "file");
    start = end;
  } while (!last);
}

/** The item after a change that was made: what fails here does not undo it. */
async function readChanged(
  request: Request,
  { vaultId, id }: FileItem,
): Promise<Item> {
  const value = create(GetItemsSchema, { vault: vaultId, itemIds: [id] });
  try {
    return readOutcome(
      await request("reads", { case: "getItems", value }, "itemOutcomes"),
    );
  } catch (error) {
    if (!(error instanceof AssentError)) throw error;
    const { code, message, connectCode } = error;
    throw new AssentError(code, message, { connectCode, outcomeUnknown: true });
  }
}
