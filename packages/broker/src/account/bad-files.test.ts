// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { ItemSchema, VaultSchema } from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { StoreError } from "../vault/store.ts";
import {
  AccountError,
  type AccountFailure,
  type Accounts,
} from "./accounts.ts";
import { createAccounts } from "./native-accounts.ts";

const password = "the password of both";
const secret = "the one value";
const probe = fileURLToPath(
  new URL("./account-probe.fixture.ts", import.meta.url),
);

let home: string;
let whole: string;
let directory: string;
let bad: string;
let good: string;
let path: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "assent-bad-files-"));
  whole = join(home, "whole");
  const accounts = start(whole);
  for (const name of ["Bad", "Good"]) {
    const { id } = await accounts.create(name, Buffer.from(password));
    if (name === "Bad") bad = id;
    else good = id;
    const proof = { kind: "password", secret: Buffer.from(password) } as const;
    using credential = await accounts.verify(id, proof);
    if (credential === undefined) throw new Error("the password is wrong");
    accounts.withStore(credential, (store) => {
      const vault = store.putVault(create(VaultSchema, { name: "Dev" }));
      for (let number = 0; number < 12; number++) {
        store.putItem(
          create(ItemSchema, {
            overview: { vaultId: vault.id, title: `item ${number}` },
            fields: [{ title: "f", value: Buffer.from(secret) }],
          }),
        );
      }
    });
  }
  accounts.close();
});

afterAll(() => rmSync(home, { recursive: true }));

beforeEach(() => {
  directory = join(home, "accounts");
  path = join(directory, `${bad}.db`);
  putBack();
});

function putBack(): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  for (const name of readdirSync(whole)) {
    if (lstatSync(join(whole, name)).isFile()) {
      copyFileSync(join(whole, name), join(directory, name));
    }
  }
}

function start(where = directory): Accounts {
  return createAccounts({
    directory: where,
    passwords: {
      cost: { memory: 32, passes: 1, parallelism: 1 },
      acceptsWeakCost: true,
    },
  });
}

/** All that is in the directory of the bad account; what is no file by its kind. */
function snapshot(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory)
      .filter((name) => name.startsWith(bad))
      .map((name) => {
        const stats = lstatSync(join(directory, name));
        const kind = `${stats.mode} ${stats.nlink}`;
        if (!stats.isFile()) return [name, kind];
        const bytes = readFileSync(join(directory, name)).toString("base64");
        return [name, `${kind} ${bytes}`];
      }),
  );
}

/** Every value of an account, which is opened and locked again. */
async function values(accounts: Accounts, id: string): Promise<string[]> {
  const proof = { kind: "password", secret: Buffer.from(password) } as const;
  using credential = await accounts.verify(id, proof);
  if (credential === undefined) throw new AccountError("corrupt", "a slot");
  return accounts.withStore(credential, (store) =>
    store.vaults().flatMap((vault) =>
      store.items(vault.id).map(({ overview }) => {
        using opened = store.read(overview.id);
        return Buffer.from(opened.item.fields[0]?.value ?? []).toString();
      }),
    ),
  );
}

/** The bad account is listed with one line of advice, untouched; the good one works. */
async function expectRefused(
  problem: AccountFailure,
  advice: RegExp,
): Promise<void> {
  const before = snapshot();
  const accounts = start();
  try {
    const info = accounts.find(bad);
    expect(info?.problem).toBe(problem);
    expect(info?.problemMessage).toContain(path);
    expect(info?.problemMessage).toMatch(advice);
    expect(info?.problemMessage).not.toMatch(/\n/);
    expect(info?.name).toBe(bad);
    expect(new Set(await values(accounts, good))).toEqual(new Set([secret]));
  } finally {
    accounts.close();
  }
  expect(snapshot()).toEqual(before);
}

const alter = (sql: string) => {
  using database = new DatabaseSync(path);
  database.exec(sql);
};

const cases: Record<string, [() => void, AccountFailure, RegExp]> = {
  "an empty file": [() => truncateSync(path), "corrupt", /put back a copy/],
  "a text": [
    () => writeFileSync(path, "hello\n"),
    "corrupt",
    /put back a copy/,
  ],
  "a database of another program": [
    () => {
      rmSync(path);
      alter("CREATE TABLE other (x)");
      chmodSync(path, 0o600);
    },
    "unsupported",
    /not an account of Assent; move it away/,
  ],
  "a file of a newer version": [
    () => alter("PRAGMA user_version = 99"),
    "unsupported",
    /newer version of Assent; install that version/,
  ],
  "a file of a version that never was": [
    () => alter("PRAGMA user_version = 0"),
    "corrupt",
    /put back a copy/,
  ],
  "a directory": [
    () => {
      rmSync(path);
      mkdirSync(path, { mode: 0o700 });
    },
    "unsafe",
    /not a regular file; move it away/,
  ],
  "a pipe": [
    () => {
      rmSync(path);
      spawnSync("mkfifo", ["-m", "600", path]);
    },
    "unsafe",
    /not a regular file/,
  ],
  "a link": [
    () => {
      rmSync(path);
      symlinkSync(join(whole, `${bad}.db`), path);
    },
    "unsafe",
    /links are not followed/,
  ],
  "a file with a second name": [
    () => linkSync(path, join(directory, "second")),
    "unsafe",
    /hard link.*put a copy in its place/,
  ],
  "a file that others may read": [
    () => chmodSync(path, 0o644),
    "unsafe",
    /chmod 600/,
  ],
  "a mark that is a link": [
    () => {
      rmSync(`${path}-mark`);
      symlinkSync("/nowhere", `${path}-mark`);
    },
    "unsafe",
    /-mark is not a regular file/,
  ],
  "another account's file": [
    () => copyFileSync(join(directory, `${good}.db`), path),
    "corrupt",
    /put back a copy/,
  ],
};

for (const [name, [spoil, problem, advice]] of Object.entries(cases)) {
  test(`${name} in the place of an account is refused with what to do, not touched, and the other account works (T37)`, async () => {
    spoil();
    await expectRefused(problem, advice);
  });
}

test("a file that is cut at any length is refused, not touched, and the other account works (T37)", async () => {
  const { size } = lstatSync(path);
  for (let length = 0; length < size; length += 1_531) {
    putBack();
    truncateSync(path, length);
    await expectRefused("corrupt", /put back a copy/);
  }
});

test("a bit that is flipped anywhere is refused, or was in nothing that counts: no value is ever another one (T37)", async () => {
  const bytes = readFileSync(path);
  let refused = 0;
  for (let at = 0; at < bytes.length; at += 509) {
    putBack();
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    writeFileSync(path, flipped);
    const accounts = start();
    try {
      const problem = accounts.find(bad)?.problemMessage;
      if (problem !== undefined) {
        expect(problem).toContain(path);
        expect(problem).not.toMatch(/\n/);
        refused += 1;
        expect(readFileSync(path).equals(flipped)).toBe(true);
      } else {
        expect(new Set(await values(accounts, bad))).toEqual(new Set([secret]));
      }
    } catch (error) {
      const isTold =
        error instanceof AccountError || error instanceof StoreError;
      if (!isTold) throw error;
      refused += 1;
    } finally {
      accounts.close();
    }
  }
  expect(refused).toBeGreaterThan(10);
}, 60_000);

const isolated = spawnSync("unshare", ["-rm", "true"]).status === 0;

/** What a broker finds in mount namespaces of its own, after these commands. */
function probeAfter(commands: string, action = "read") {
  const script = `set -e; ${commands}; exec "$NODE" "$PROBE" "$DIRECTORY" "$PASSWORD" ${action}`;
  const { stdout, stderr } = spawnSync("unshare", ["-rm", "sh", "-c", script], {
    encoding: "utf8",
    env: {
      ...process.env,
      NODE: process.execPath,
      PROBE: probe,
      DIRECTORY: directory,
      WHOLE: whole,
      BAD: path,
      PASSWORD: password,
    },
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

const inNamespace = test.skipIf(!isolated);
const needs =
  "NOT RUN without user namespaces (sysctl kernel.unprivileged_userns_clone=1) and: apt-get install util-linux";
if (!isolated) console.error(`${needs}: read-only and full file systems`);

inNamespace(
  `a file that cannot be written is refused with what to do, and the other account works (T36); ${needs}`,
  () => {
    const before = snapshot();
    const found = probeAfter(
      'mount --bind "$BAD" "$BAD" && mount -o remount,ro,bind "$BAD"',
    );
    expect(found[bad].problem).toBe("storage");
    expect(found[bad].message).toContain(path);
    expect(found[bad].message).toMatch(/who may write there/);
    expect(found[good].titles.length).toBe(12);
    expect(snapshot()).toEqual(before);
  },
);

inNamespace(
  `a directory that cannot be written costs its accounts, not the broker (T36); ${needs}`,
  () => {
    const before = snapshot();
    const found = probeAfter(
      'mount --bind "$DIRECTORY" "$DIRECTORY" && mount -o remount,ro,bind "$DIRECTORY"',
    );
    for (const id of [bad, good]) {
      expect(found[id].problem).toBe("storage");
      expect(found[id].message).toMatch(/who may write there/);
    }
    expect(snapshot()).toEqual(before);
  },
);

inNamespace(
  `a device in the place of an account is refused (T37); ${needs}`,
  () => {
    for (const device of ["/dev/null", "/dev/full", "/dev/zero"]) {
      const found = probeAfter(`mount --bind ${device} "$BAD"`);
      expect(found[bad].problem).toBe("unsafe");
      expect(found[bad].message).toMatch(/not a regular file/);
      expect(found[good].titles.length).toBe(12);
    }
  },
);

inNamespace(
  `a full disk refuses what does not fit, typed, and goes on reading what there is (T36); ${needs}`,
  () => {
    const found = probeAfter(
      'mount -t tmpfs -o size=700k none "$DIRECTORY" && chmod 700 "$DIRECTORY" && cp -p "$WHOLE"/*.db* "$DIRECTORY"',
      "fill",
    );
    for (const id of [bad, good]) {
      expect(`${found[id].big} ${found[id].again}`).toMatch(/storage: /);
      expect(found[id].again).toMatch(
        /^storage: .*[Nn]othing was? ?changed|^storage: .*nothing is changed/,
      );
      expect(found[id].titles.length).toBeGreaterThanOrEqual(12);
    }
  },
);
