// SPDX-License-Identifier: Apache-2.0
import { type File, FileSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { createId } from "../crypto/id.ts";
import type { Secret } from "../crypto/secret.ts";
import type { ContentSeal } from "./content-seals.ts";
import { decodeDetail } from "./item-codec.ts";
import { settleFile } from "./item-draft.ts";
import {
  type ContentRange,
  openContent,
  sealContent,
} from "./native-content.ts";
import { corruptRows } from "./native-keys.ts";
import { contentsOf, type NativeRecords } from "./native-records.ts";
import type { NativeRows } from "./native-rows.ts";
import { type FileDraft, type ItemEntry, StoreError } from "./store.ts";

/** As AccountStore.readFile; the bytes are the caller's to zero. */
export function readFile(
  records: NativeRecords,
  itemId: string,
  fileId: string,
  range: ContentRange,
): Secret {
  const record = records.item(itemId);
  const file = fileOf(record.entry, fileId);
  using detail = records.openDetail(record);
  const seal = contentsOf(detail).find((one) => one.fileId === fileId);
  if (seal === undefined) throw corruptRows();
  return openContent(
    contentPlace(records, itemId, fileId, Number(file.size)),
    seal,
    range,
    (position) => records.file.rows.chunk(itemId, fileId, position),
  );
}

/** As AccountStore.putFile. */
export function putFile(
  records: NativeRecords,
  itemId: string,
  revision: bigint,
  draft: FileDraft,
  content: Uint8Array,
): File {
  const { random } = records.facts;
  const { entry } = records.itemAt(itemId, revision);
  const present = draft.id === "" ? undefined : fileOf(entry, draft.id);
  const id = present?.id ?? createId(random);
  const size = content.length;
  const file = settleFile(draft, { id, size, present, item: entry });
  const place = contentPlace(records, itemId, id, size);
  using sealed = sealContent(place, content, random);
  const files =
    present === undefined
      ? [...entry.files, file]
      : entry.files.map((one) => (one === present ? file : one));
  changeFiles(records, itemId, files, [sealed.seal], (rows) =>
    rows.putChunks(itemId, id, sealed.chunks),
  );
  return create(FileSchema, file);
}

/** As AccountStore.deleteFile. */
export function deleteFile(
  records: NativeRecords,
  itemId: string,
  revision: bigint,
  fileId: string,
): void {
  const { entry } = records.itemAt(itemId, revision);
  const file = fileOf(entry, fileId);
  const left = entry.files.filter((one) => one !== file);
  changeFiles(records, itemId, left, [], (rows) =>
    rows.putChunks(itemId, fileId, []),
  );
}

// The item as it is, with other files; `added` are contents of some of them.
function changeFiles(
  records: NativeRecords,
  itemId: string,
  files: ItemEntry["files"],
  added: readonly ContentSeal[],
  writeChunks: (rows: NativeRows) => void,
): void {
  const previous = records.item(itemId);
  const vault = records.vault(previous.state.vaultId);
  using detail = records.openDetail(previous);
  const item = records.settle(decodeDetail(detail.bytes), previous, files);
  const contents = [...added, ...contentsOf(detail)].filter(
    ({ fileId }, at, all) =>
      files.some(({ id }) => id === fileId) &&
      all.findIndex((one) => one.fileId === fileId) === at,
  );
  records.save([{ item, vault, contents }], previous, writeChunks);
}

function contentPlace(
  { account }: NativeRecords,
  itemId: string,
  fileId: string,
  size: number,
) {
  const { accountId } = account.keys.binding;
  return { accountId, itemId, fileId, size };
}

function fileOf(entry: ItemEntry, fileId: string): ItemEntry["files"][number] {
  const file = entry.files.find(({ id }) => id === fileId);
  if (file !== undefined) return file;
  throw new StoreError("not-found", "there is no such file");
}
