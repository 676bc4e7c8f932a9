// SPDX-License-Identifier: Apache-2.0
// A program that changes an account for ever, and says so after each change:
// one that is to be killed. Arguments: directory of accounts, password.

import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { type Item, ItemSchema, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { createAccounts } from "../src/account/native-accounts.ts";
import { weakPasswords } from "./weak-passwords.ts";

const [, , directory = "", password = ""] = process.argv;
const say = (line: string) => writeSync(1, `${line}\n`);

say("starting");
// Processes that are killed keep nothing: written now, for the next one.
flushCompileCache();
const accounts = createAccounts({ directory, passwords: weakPasswords });
const [account] = accounts.list();
const id = account?.id ?? "";

async function unlock(): Promise<void> {
  const secret = Buffer.from(password);
  using credential = await accounts.verify(id, { kind: "password", secret });
  if (credential !== undefined) accounts.unlock(credential);
}

// A new recovery code replaces the one before, which gives all keys anew.
async function rotate(): Promise<void> {
  const secret = Buffer.from(password);
  using credential = await accounts.verify(id, { kind: "password", secret });
  if (credential !== undefined) accounts.addRecoveryCode(credential).fill(0);
}

await unlock();
say("open");
const present = () => {
  const store = accounts.store(id);
  if (store === undefined) throw new Error("the account is locked");
  return store;
};
const vaultId =
  present().vaults()[0]?.id ??
  present().putVault(create(VaultSchema, { name: "Dev" })).id;

// Its one value is as many bytes, all of them its revision.
function put(item: Item): Item {
  const revision = item.revision + 1n;
  for (const { value } of item.fields) value.fill(Number(revision & 255n));
  const saved = present().putItem(item);
  say(`${saved.overview?.id} ${saved.revision}`);
  return saved;
}

// Two chunks, all bytes of them the revision that the file gives its item.
function putFile(item: Item, fileId: string): [Item, string] {
  const itemId = item.overview?.id ?? "";
  const revision = item.revision + 1n;
  const content = new Uint8Array(300_000).fill(Number(revision & 255n));
  const draft = { id: fileId, name: "file", sectionId: "" };
  const { id } = present().putFile(itemId, item.revision, draft, content);
  say(`${itemId} ${revision}`);
  return [{ ...item, revision }, id];
}

for (let round = 0; ; round++) {
  let item = put(
    create(ItemSchema, {
      overview: { vaultId, title: "item" },
      fields: [{ title: "n", value: new Uint8Array(3_000) }],
    }),
  );
  let fileId = "";
  for (let times = 0; times < 8; times++) {
    item = put(item);
    if (round % 2 === 0 && times % 5 === 1)
      [item, fileId] = putFile(item, fileId);
  }
  if (round % 3 === 2) {
    await rotate();
    say("rotated");
  }
  const entries = present().items(vaultId);
  for (const { overview } of entries.slice(12)) {
    say(`${overview.id} going`);
    present().deleteItem(overview.id);
    say(`${overview.id} gone`);
  }
}
