// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { Case, Cases } from "../case/case.ts";
import { refused, served, that } from "../case/check.ts";
import { listVaults, read, readsValue } from "../case/operations.ts";
import type { World } from "../case/world.ts";
import { flavours } from "../wire/flavour.ts";

/** All that a credential is used for, and all that can go wrong with it. */
async function useCredential(world: World): Promise<void> {
  const caller = await world.caller();
  const asked = caller.authorize();
  const [prompt] = await world.user.pending();
  for (const proof of ["wrong", "none"] as const) {
    await world.user.decide(prompt, { kind: "approve", proof });
  }
  that("the approval", await world.user.decide(prompt, "approve"));
  served("Authorize", await asked);
  world.allow(caller, "i1");
  const answer = await caller.request(read(world.item("i1")));
  readsValue("Request", answer, world.item("i1"));
  await world.lock(world.acct1.id);
  refused("Request", await caller.request(listVaults), "unauthenticated");
  await world.unlock(world.acct1.id);
  await world.user.decides("deny");
  await caller.authorize();
}

/** Every file below a folder that can be read, but those of the case itself. */
function* filesBelow(folder: string, but: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === but) continue;
    if (entry.isDirectory()) yield* filesBelow(path, but);
    else if (entry.isFile()) yield path;
  }
}

const pieceBytes = 4 * 1024 * 1024;
// Longer than any writing of a canary.
const overlapBytes = 64 * 1024;

/** A file, in pieces that overlap: it may be as long as a runtime. Each is gone when the next comes. */
function* piecesOf(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  const buffer = Buffer.allocUnsafe(overlapBytes + pieceBytes);
  try {
    for (let before = 0; ; ) {
      const length = before + readSync(file, buffer, before, pieceBytes, null);
      if (length === before) return;
      yield buffer.subarray(0, length);
      before = Math.min(length, overlapBytes);
      buffer.copyWithin(0, length - before, length);
    }
  } finally {
    closeSync(file);
  }
}

/** What can be read of the broker from outside; what cannot be read is not seen. */
function* seenOfBroker(world: World): Generator<Buffer> {
  yield world.broker.output();
  const { pid, home } = world.broker;
  const own = `/proc/${pid}`;
  const paths = [...filesBelow(home, world.folder)];
  for (const name of ["environ", "cmdline", "comm", "status"]) {
    paths.push(`${own}/${name}`);
  }
  for (const path of [...paths, ...openFiles(`${own}/fd`)]) {
    try {
      yield* piecesOf(path);
    } catch {
      // Not for us to see.
    }
  }
}

/** Plain files that the broker has open, wherever they are. */
function openFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .map((fd) => `${folder}/${fd}`)
      .filter(isPlainFile);
  } catch {
    return [];
  }
}

function isPlainFile(path: string): boolean {
  try {
    // Files of the system may have no end.
    const isOfSystem = /^\/(proc|sys|dev)\//.test(readlinkSync(path));
    return !isOfSystem && statSync(path).isFile();
  } catch {
    return false;
  }
}

const onTheWire: Case = {
  async run(world) {
    await useCredential(world);
    for (const { name } of flavours) {
      const caller = await world.caller();
      const on = await caller.link(name);
      for (const kind of ["approve", "deny"] as const) {
        await world.user.decides(kind);
        // A flavour that is not served answers too, and that is looked at.
        await caller.authorize({ on, scope: { write: kind === "deny" } });
      }
      await caller.request(listVaults, { on });
      await caller.request(listVaults, { on, account: world.acct2.id });
      await caller.revoke({ on });
    }
    // All that callers got is looked through after every case.
  },
};

/** What proves the user is seen by nobody but the broker. */
export const credentialCases: Cases = {
  "credential-canary-wire": onTheWire,
  "credential-canary-host": {
    async run(world) {
      await useCredential(world);
      const items = [...world.acct1.items, ...world.acct2.items];
      const names = items.map(({ name }) => name);
      // How a vault keeps items is its own affair; a credential it keeps nowhere.
      for (const bytes of seenOfBroker(world)) world.scan(bytes, names);
    },
  },
};
