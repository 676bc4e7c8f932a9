// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { createRandom, type Random } from "../fuzz/random.ts";
import { createAccounts } from "../src/account/native-accounts.ts";
import type { AccountStore } from "../src/vault/store.ts";
import { weakPasswords } from "./weak-passwords.ts";

/** What killing a process that saves, again and again, came to. */
export interface DurabilityResult {
  readonly kills: number;
  /** How many came after which line of the saver. */
  readonly killedAfter: Readonly<Record<string, number>>;
  /** Changes that were acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged changes that were not there afterwards. */
  readonly lost: number;
  /** Changes that were there and not acknowledged: killed in between. */
  readonly unacknowledged: number;
  /** Files that were not whole, and accounts that did not open. */
  readonly corrupt: readonly string[];
  /** Backups that were found, each checked. */
  readonly backups: number;
}

interface Options {
  readonly kills: number;
  readonly seed: number;
  /** How many accounts are worked on at the same time. */
  readonly lanes?: number;
  readonly onKill?: (done: number) => void;
}

/** What is known of an item: its revision, or that it is being deleted, or was. */
type Known = bigint | "going" | "gone";

const password = "the password of a test";
const saver = fileURLToPath(new URL("./saver.ts", import.meta.url));

/**
 * Kill a process that changes an account at moments that the seed chooses, and
 * look afterwards: the file and its backups are whole, the account opens with
 * all its rows, and every acknowledged change is there (T36).
 */
export async function measureDurability(
  options: Options,
): Promise<DurabilityResult> {
  const { kills, seed, lanes = 2 } = options;
  const total = {
    kills: 0,
    killedAfter: {} as Record<string, number>,
    acknowledged: 0,
    lost: 0,
    unacknowledged: 0,
    corrupt: [] as string[],
    backups: 0,
  };
  const lane = async (random: Random) => {
    const home = mkdtempSync(join(tmpdir(), "assent-durability-"));
    const directory = join(home, "accounts");
    const first = createAccounts({ directory, passwords: weakPasswords });
    const { id } = await first.create("Work", Buffer.from(password));
    first.close();
    const expected = new Map<string, Known>();
    while (total.kills < kills) {
      total.kills += 1;
      const after = await killOnce(directory, random, (item, state) => {
        if (state !== "going") total.acknowledged += 1;
        expected.set(item, state);
      });
      total.killedAfter[after] = (total.killedAfter[after] ?? 0) + 1;
      try {
        total.backups += checkFiles(directory, id);
        const found = await readAll(directory, id);
        compare(expected, found, total);
      } catch (error) {
        total.corrupt.push((error as Error).message);
      }
      options.onKill?.(total.kills);
    }
    rmSync(home, { recursive: true });
  };
  await Promise.all(
    Array.from({ length: lanes }, (_, number) =>
      lane(createRandom(seed + number)),
    ),
  );
  return total;
}

async function killOnce(
  directory: string,
  random: Random,
  onChange: (item: string, state: Known) => void,
): Promise<string> {
  const child: ChildProcess = spawn(
    process.execPath,
    [saver, directory, password],
    {
      stdio: ["ignore", "pipe", "inherit"],
      // Else most of the time goes into reading the same sources again.
      env: { ...process.env, NODE_COMPILE_CACHE: join(directory, "../cache") },
    },
  );
  const ended = once(child, "exit");
  // The first lines come while the account is opened and copied.
  const lines = random.oneIn(4) ? random.between(1, 3) : random.between(3, 40);
  const turns = random.below(40);
  let read = 0;
  let last = "";
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface(child.stdout)) {
    const [item = "", state] = line.split(" ");
    const known = state === undefined ? undefined : toKnown(state);
    last = typeof known === "bigint" ? "a save" : (known ?? item);
    if (known !== undefined) onChange(item, known);
    read += 1;
    if (read === lines) {
      for (let turn = 0; turn < turns; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      child.kill("SIGKILL");
    }
  }
  const [, signal] = (await ended) as [number | null, string | null];
  if (signal !== "SIGKILL") throw new Error("the saver ended by itself");
  return last;
}

/** The file and its backups, as SQLite sees them; how many backups there are. */
function checkFiles(directory: string, id: string): number {
  const backups = join(directory, "backups");
  const names = readdirSync(directory).includes("backups")
    ? readdirSync(backups).filter((name) => name.endsWith(".db"))
    : [];
  const files = names.map((name) => join(backups, name));
  for (const path of [join(directory, `${id}.db`), ...files]) {
    using database = new DatabaseSync(path);
    const row = database.prepare("PRAGMA integrity_check").get();
    if (row?.["integrity_check"] !== "ok") throw new Error(`${path} is torn`);
    // Left as it was: nothing else may find a log beside it.
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  return names.length;
}

/** Open the account as a broker would, verify it, and read every item. */
async function readAll(
  directory: string,
  id: string,
): Promise<Map<string, bigint>> {
  const told: string[] = [];
  const accounts = createAccounts({
    directory,
    passwords: weakPasswords,
    onNotice: (_, notice) => told.push(notice),
  });
  try {
    const secret = Buffer.from(password);
    using credential = await accounts.verify(id, { kind: "password", secret });
    if (credential === undefined) {
      throw new Error(accounts.find(id)?.problemMessage ?? "it does not open");
    }
    const found = new Map<string, bigint>();
    accounts.withStore(credential, (store) => {
      for (const vault of store.vaults()) {
        for (const { overview, revision } of store.items(vault.id)) {
          const isWhole = isItemWhole(store, overview.id, revision);
          if (!isWhole) throw new Error(`an item is torn at ${revision}`);
          found.set(overview.id, revision);
        }
      }
    });
    const [wrong] = told;
    if (wrong !== undefined) throw new Error(`it told ${wrong}`);
    return found;
  } finally {
    accounts.close();
  }
}

/** Its value and its file are whole, and one of them is what was changed last. */
function isItemWhole(
  store: AccountStore,
  itemId: string,
  revision: bigint,
): boolean {
  using opened = store.read(itemId);
  const value = opened.item.fields[0]?.value ?? new Uint8Array();
  if (!isFilled(value, 3_000)) return false;
  const last = [value[0]];
  for (const { id } of opened.item.files) {
    const range = { offset: 0, length: 1_000_000 };
    using content = store.readFile(itemId, id, range);
    if (!isFilled(content.bytes, 300_000)) return false;
    last.push(content.bytes[0]);
  }
  return last.includes(Number(revision & 255n));
}

function isFilled(bytes: Uint8Array, length: number): boolean {
  return Buffer.alloc(length, bytes[0]).equals(bytes);
}

/** What was acknowledged must be there; then what is there is what is expected. */
function compare(
  expected: Map<string, Known>,
  found: Map<string, bigint>,
  total: { lost: number; unacknowledged: number },
): void {
  for (const [item, state] of expected) {
    const revision = found.get(item);
    if (!isKept(state, revision)) total.lost += 1;
    if (revision !== undefined && revision !== state) total.unacknowledged += 1;
  }
  for (const item of found.keys()) {
    if (!expected.has(item)) total.unacknowledged += 1;
  }
  expected.clear();
  for (const [item, revision] of found) expected.set(item, revision);
}

// A change that was killed before it was acknowledged may have been made.
function isKept(state: Known, revision: bigint | undefined): boolean {
  if (state === "going") return true;
  if (state === "gone") return revision === undefined;
  return revision !== undefined && revision >= state;
}

function toKnown(state: string): Known {
  return state === "going" || state === "gone" ? state : BigInt(state);
}
