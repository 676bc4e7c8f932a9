// SPDX-License-Identifier: Apache-2.0
import {
  type DeleteFile,
  FileSchema,
  limits,
  type PutFile,
  type ReadFile,
  Reason,
} from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { copySecret } from "../crypto/secret.ts";
import { reachesReference } from "../session/scope.ts";
import type { AccountStore, ItemEntry } from "../vault/store.ts";
import type { OperationContext, Ruling } from "./operation.ts";
import { reachVault } from "./reach.ts";
import { refusal } from "./refusal.ts";

/**
 * Part of a file: of a vault that is granted, or of an item, or of the file
 * itself, granted by reference. By ids alone.
 */
export function readFile(
  { vaultId, itemId, fileId, offset, length }: ReadFile,
  { store, grants, cover, defer, reader }: OperationContext,
): Ruling {
  const wanted = { vaultId, itemId, fieldId: fileId, attribute: "value" };
  const grant = grants.find(({ scope }) => reachesReference(scope, wanted));
  if (grant === undefined) throw refusal(Reason.OUT_OF_SCOPE);
  cover(grant);
  const entry = itemOf(store, vaultId, itemId);
  const file = entry.files.find(({ id }) => id === fileId);
  if (file === undefined) throw refusal(Reason.NOT_FOUND);
  const content = store.readFile(itemId, fileId, {
    offset: Number(offset),
    length: length || limits.readFileBytes,
  });
  defer(() => content[Symbol.dispose]());
  const data = content.bytes;
  reader.answer(data.length);
  return {
    result: {
      case: "fileChunk",
      value: { data, size: file.size, revision: entry.revision },
    },
    touched: [makeSafe(nameOf(entry, file.name))],
  };
}

/**
 * Attach a file, or replace one. What comes in parts is kept until the last of
 * them; only then is anything changed.
 */
export function putFile(
  request: PutFile,
  { store, grants, cover, defer, beforeChange, uploads }: OperationContext,
): Ruling {
  const { content, offset, last, itemId, revision, file } = request;
  defer(() => content.fill(0));
  const { vault, grant } = reachVault(request.vaultId, grants, store, true);
  cover(grant);
  const entry = itemOf(store, vault.id, itemId);
  if (file === undefined) throw refusal(Reason.INVALID);
  const present = entry.files.find(({ id }) => id === file.id);
  if (file.id !== "" && present === undefined) throw refusal(Reason.NOT_FOUND);
  if (revision !== entry.revision) throw refusal(Reason.CONFLICT);
  if (offset + BigInt(content.length) > limits.fileBytes) {
    throw refusal(Reason.LIMIT_EXCEEDED);
  }
  const { id, name, sectionId } = file;
  const names = [nameOf(entry, name === "" ? (present?.name ?? "") : name)];
  const target = JSON.stringify([itemId, id, name]);
  const isWhole = offset === 0n && last;
  const size = isWhole ? content.length : uploads.add(target, offset, content);
  if (!last) {
    const part = create(FileSchema, {
      id,
      name,
      sectionId,
      size: BigInt(size),
    });
    return {
      result: { case: "file", value: part },
      touched: [],
      isPart: true,
    };
  }
  using whole = isWhole ? copySecret(content) : uploads.take(target);
  if (file.size !== 0n && file.size !== BigInt(whole.bytes.length)) {
    throw refusal(Reason.INVALID);
  }
  beforeChange(names);
  const put = { id, name, sectionId };
  const value = store.putFile(itemId, revision, put, whole.bytes);
  return { result: { case: "file", value }, touched: undefined };
}

/** Remove an attached file. */
export function deleteFile(
  { vaultId, itemId, revision, fileId }: DeleteFile,
  { store, grants, cover, beforeChange }: OperationContext,
): Ruling {
  const { vault, grant } = reachVault(vaultId, grants, store, true);
  cover(grant);
  const entry = itemOf(store, vault.id, itemId);
  const file = entry.files.find(({ id }) => id === fileId);
  if (file === undefined) throw refusal(Reason.NOT_FOUND);
  if (revision !== entry.revision) throw refusal(Reason.CONFLICT);
  beforeChange([nameOf(entry, file.name)]);
  store.deleteFile(itemId, revision, fileId);
  return { result: { case: "done", value: {} }, touched: undefined };
}

/** @throws ConnectError NOT_FOUND when the vault has no such item */
function itemOf(
  store: AccountStore,
  vaultId: string,
  itemId: string,
): ItemEntry {
  const entry = store.entry(itemId);
  if (entry?.overview.vaultId === vaultId) return entry;
  throw refusal(Reason.NOT_FOUND);
}

function nameOf({ overview }: ItemEntry, fileName: string): string {
  return `${overview.title}/${fileName}`;
}
