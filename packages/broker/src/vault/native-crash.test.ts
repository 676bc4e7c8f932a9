// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { createId } from "../crypto/id.ts";
import { randomBytes, randomKey, systemRandom } from "../crypto/random.ts";
import { createNativeAccount, readLockedAccount } from "./native-account.ts";
import { openNativeFile } from "./native-file.ts";
import { openSlot } from "./native-slot.ts";
import { openNativeStore } from "./native-store.ts";

const rounds = 20;

// Saves one item after the other, and says so after each.
const saver = `
  import { create } from "@bufbuild/protobuf";
  import { ItemSchema, VaultSchema } from "@assent/protocol";
  const [, path, id, accountKey, here] = process.argv;
  const { openNativeFile } = await import(new URL("./native-file.ts", here));
  const { openNativeStore } = await import(new URL("./native-store.ts", here));
  const { systemRandom } = await import(new URL("../crypto/random.ts", here));
  const { writeSync } = await import("node:fs");
  const facts = { now: () => 0, random: systemRandom };
  const key = Buffer.from(accountKey, "hex");
  const store = openNativeStore(openNativeFile(path), key, facts);
  const vaultId = store.vaults()[0]?.id ??
    store.putVault(create(VaultSchema, { name: "Dev" })).id;
  let item = store.putItem(create(ItemSchema, {
    overview: { vaultId, title: "item" },
    fields: [{ title: "n", value: new Uint8Array(3_000) }],
  }));
  for (;;) {
    writeSync(1, item.overview.id + " " + item.revision + "\\n");
    item.fields[0].value.fill(Number(item.revision + 1n) & 255);
    item = store.putItem(item);
  }`;

test(`no acknowledged save is lost when the broker is killed, ${rounds} times (T36)`, async () => {
  const directory = mkdtempSync(join(tmpdir(), "assent-crash-"));
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
  const open = () => {
    const file = openNativeFile(path);
    const { row, slots } = readLockedAccount(file, id);
    const binding = { accountId: id, keyEpoch: row.keyEpoch };
    const accountKey = slots[0] && openSlot(slots[0], binding, slot.key);
    if (accountKey === undefined) throw new Error("the slot does not open");
    return { file, accountKey };
  };
  const first = open();
  const accountKey = Buffer.from(first.accountKey.bytes).toString("hex");
  first.file.close();

  const acknowledged = new Map<string, bigint>();
  for (let round = 0; round < rounds; round++) {
    const child = spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        saver,
        path,
        id,
        accountKey,
        import.meta.url,
      ],
      { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] },
    );
    const ended = once(child, "exit");
    let lines = 0;
    for await (const line of createInterface(child.stdout)) {
      const [itemId = "", revision = ""] = line.split(" ");
      acknowledged.set(itemId, BigInt(revision));
      lines += 1;
      if (lines === 1 + round * 3) child.kill("SIGKILL");
    }
    expect((await ended)[1]).toBe("SIGKILL");

    const { file, accountKey: key } = open();
    const facts = { now: () => 0, random: systemRandom };
    const store = openNativeStore(file, key.bytes, facts);
    for (const [itemId, revision] of acknowledged) {
      const found = store.entry(itemId)?.revision ?? 0n;
      expect(found).toBeGreaterThanOrEqual(revision);
      using opened = store.read(itemId);
      const value = opened.item.fields[0]?.value;
      const content = found === 1n ? 0 : Number(found) & 255;
      expect(value?.length).toBe(3_000);
      expect(value?.every((byte) => byte === content)).toBe(true);
    }
    store.lock();
    file.close();
  }
  expect(acknowledged.size).toBe(rounds);
  rmSync(directory, { recursive: true });
});
