// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyPair } from "../crypto/key-pair.ts";
import { systemRandom } from "../crypto/random.ts";
import {
  type ActivityEntry,
  ActivityError,
  type ActivityLog,
} from "./activity.ts";
import { createActivityLog } from "./activity-log.ts";
import { createBrokerLog } from "./broker-log.ts";
import { defaultQuotas } from "./tally.ts";

const accountId = "a".repeat(26);
const pair = createKeyPair(systemRandom);
const privateKey = pair.privateKey.bytes;
const { publicKey } = pair;
const noKey = new Uint8Array();

let directory = "";
let file = "";
const opened: ActivityLog[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-activity-"));
  file = join(directory, "log.db");
});
afterEach(() => {
  for (const log of opened.splice(0)) log.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(
  over: Partial<Parameters<typeof createActivityLog>[0]> = {},
): ActivityLog {
  const log = createActivityLog({ file, accountId, publicKey, ...over });
  opened.push(log);
  return log;
}
const eventsOf = (log: ActivityLog) =>
  [...log.read(privateKey)].map(({ event }) => event);
function failureOf(use: () => unknown): unknown {
  try {
    use();
    return "none";
  } catch (error) {
    return error instanceof ActivityError ? error.failure : error;
  }
}

describe("an account's log", () => {
  it("is written with the public key alone and read with the private one, newest first", () => {
    const log = open();
    log.append({ kind: "granted", process: "a" }, 1_000);
    log.append({ kind: "request", item: "Dev/GitHub \u00fc" }, 2_000);
    expect([...log.read(privateKey)]).toEqual([
      {
        sequence: 2n,
        atMs: 2_000,
        event: { kind: "request", item: "Dev/GitHub \u00fc" },
      },
      { sequence: 1n, atMs: 1_000, event: { kind: "granted", process: "a" } },
    ]);
  });

  it("is empty at first", () => {
    expect(eventsOf(open())).toEqual([]);
  });

  it("goes on where it was when it is opened again", () => {
    for (const kind of ["one", "two", "three"]) {
      const log = open();
      log.append({ kind }, 1_000);
      log.close();
    }
    const log = open();
    expect([...log.read(privateKey)].map(({ sequence }) => sequence)).toEqual([
      3n,
      2n,
      1n,
    ]);
    expect(eventsOf(log).map(({ kind }) => kind)).toEqual([
      "three",
      "two",
      "one",
    ]);
  });

  it("is read across many segments", () => {
    const log = open();
    const count = 2_500;
    for (let n = 0; n < count; n += 1) {
      log.append({ kind: "request", n }, n * 60_000);
    }
    expect(eventsOf(log).map(({ n }) => n)).toEqual(
      Array.from({ length: count }, (_, n) => count - 1 - n),
    );
  });

  it("holds nothing of an entry in clear, in no file (T57)", () => {
    const log = open();
    for (let n = 0; n < 20; n += 1) {
      log.append({ kind: "canary-kind", item: `canary-title ${n}` }, 1_000);
    }
    const search = () =>
      readdirSync(directory).map((name) => {
        const bytes = readFileSync(join(directory, name));
        expect(bytes.includes("canary")).toBe(false);
        return bytes.length;
      });
    expect(Math.max(...search())).toBeGreaterThan(4_000);
    log.close();
    expect(Math.max(...search())).toBeGreaterThan(4_000);
    expect(eventsOf(open())[0]?.kind).toBe("canary-kind");
  });

  it("rounds the length of what it holds, so that a title does not show by it", () => {
    const log = open();
    log.append({ kind: "granted", title: "x" }, 1_000);
    log.append({ kind: "granted", title: "x".repeat(50) }, 1_000);
    log.append({ kind: "granted", title: "x".repeat(300) }, 1_000);
    log.close();
    const database = new DatabaseSync(file);
    const lengths = database
      .prepare("SELECT length(body) AS length FROM entry ORDER BY sequence")
      .all()
      .map((row) => row["length"]);
    database.close();
    expect(lengths).toEqual([128 + 16, 128 + 16, 384 + 16]);
  });

  it("is damaged when its tables are not what they were", () => {
    open().append({ kind: "granted" }, 1_000);
    opened.pop()?.close();
    const database = new DatabaseSync(file);
    database.exec("ALTER TABLE entry RENAME body TO other");
    database.close();
    expect(failureOf(() => [...open().read(privateKey)])).toBe("corrupt");
  });

  it("can be read by the user alone", () => {
    const log = open();
    log.append({ kind: "granted" }, 1_000);
    const modes = readdirSync(directory).map(
      (name) => statSync(join(directory, name)).mode & 0o777,
    );
    expect(modes.length).toBeGreaterThan(1);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  it("is not read with another key", () => {
    const log = open();
    log.append({ kind: "granted" }, 1_000);
    const other = createKeyPair(systemRandom).privateKey.bytes;
    expect(failureOf(() => log.read(other))).toBe("wrong-key");
    expect(failureOf(() => log.read(noKey))).toBe("wrong-key");
  });

  it("says so when the key is zeroed while it is read, as by lock", () => {
    const log = open();
    log.append({ kind: "one" }, 1_000);
    const key = Uint8Array.from(privateKey);
    const entries = log.read(key);
    key.fill(0);
    expect(failureOf(() => [...entries])).toBe("wrong-key");
  });

  it("is not written to a key that is none", () => {
    const log = open({ publicKey: new Uint8Array(32) });
    expect(failureOf(() => log.append({ kind: "granted" }, 0))).toBe(
      "wrong-key",
    );
  });

  it("takes no event that is not plain JSON, and no time that is no number", () => {
    const log = open();
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    for (const detail of [1n, circle]) {
      expect(failureOf(() => log.append({ kind: "granted", detail }, 0))).toBe(
        "invalid",
      );
    }
    for (const atMs of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      expect(failureOf(() => log.append({ kind: "granted" }, atMs))).toBe(
        "invalid",
      );
      expect(failureOf(() => log.prune(atMs))).toBe("invalid");
    }
    expect(eventsOf(log)).toEqual([]);
  });

  it("is closed once, and then does nothing", () => {
    const log = open();
    log.close();
    log.close();
    expect(failureOf(() => log.append({ kind: "granted" }, 0))).toBe("closed");
    expect(failureOf(() => log.read(privateKey))).toBe("closed");
    expect(failureOf(() => log.follow(() => {}))).toBe("closed");
    expect(failureOf(() => log.prune(0))).toBe("closed");
  });
});

describe("an entry that cannot be stored", () => {
  it("leaves no gap: the next one follows what was stored before", () => {
    open().append({ kind: "one" }, 0);
    opened.pop()?.close();
    const database = new DatabaseSync(file);
    database.exec(`
      CREATE TRIGGER refuse BEFORE INSERT ON entry WHEN length(NEW.body) > 1000
      BEGIN SELECT raise(ABORT, 'no room'); END
    `);
    database.close();
    const log = open();
    const told: unknown[] = [];
    log.follow(({ event }) => told.push(event.kind));
    log.append({ kind: "two" }, 0);
    const tooMuch = { kind: "granted", filler: "x".repeat(2_000) };
    for (let n = 0; n < 3; n += 1) {
      expect(failureOf(() => log.append(tooMuch, 0))).toBe("storage");
    }
    log.append({ kind: "three" }, 0);
    expect(told).toEqual(["two", "three"]);
    expect(
      [...log.read(privateKey)].map(({ sequence, event }) => [
        sequence,
        event.kind,
      ]),
    ).toEqual([
      [3n, "three"],
      [2n, "two"],
      [1n, "one"],
    ]);
  });
});

describe("opening", () => {
  it("refuses a log that another one holds open (T38)", () => {
    open().append({ kind: "granted" }, 0);
    expect(failureOf(() => open())).toBe("busy");
  });

  it("refuses another account's log", () => {
    open().close();
    expect(failureOf(() => open({ accountId: "b".repeat(26) }))).toBe(
      "corrupt",
    );
    expect(failureOf(() => createBrokerLog({ file }))).toBe("corrupt");
  });

  it("refuses what is no log, and leaves it as it was", () => {
    const text = "not a database, but long enough to look at".repeat(100);
    writeFileSync(file, text, { mode: 0o600 });
    expect(failureOf(() => open())).toBe("corrupt");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("refuses another program's database, and leaves it as it was", () => {
    writeFileSync(file, "", { mode: 0o600 });
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE theirs (x)");
    database.close();
    expect(failureOf(() => open())).toBe("corrupt");
    const again = new DatabaseSync(file);
    const tables = again.prepare("SELECT name FROM sqlite_schema").all();
    expect(tables.map((row) => row["name"])).toEqual(["theirs"]);
    again.close();
  });

  it("tells of a directory that is not there", () => {
    expect(failureOf(() => open({ file: join(file, "x") }))).toBe("storage");
  });
});

describe("following", () => {
  it("tells each entry that is stored, until it is stopped", () => {
    const log = open();
    const told: ActivityEntry[] = [];
    const stop = log.follow((entry) => told.push(entry));
    log.append({ kind: "one" }, 1);
    log.append({ kind: "two" }, 2);
    stop();
    log.append({ kind: "three" }, 3);
    expect(told).toEqual([...log.read(privateKey)].slice(1).reverse());
  });

  it("drops a listener that throws; the entry is stored and the others are told", () => {
    const log = open();
    let calls = 0;
    const told: unknown[] = [];
    log.follow(() => {
      calls += 1;
      throw new Error("a fault of its own");
    });
    log.follow(({ event }) => told.push(event.kind));
    log.append({ kind: "one" }, 1);
    log.append({ kind: "two" }, 2);
    expect(calls).toBe(1);
    expect(told).toEqual(["one", "two"]);
    expect(eventsOf(log)).toHaveLength(2);
  });
});

describe("room (T57)", () => {
  const none = { different: 0, entries: 0, bytes: 0 };
  const quotas = { ...defaultQuotas, refusal: none, prompt: none };

  it("is there for a grant, however many refusals came before", () => {
    const log = open({ quotas });
    for (let n = 0; n < 500; n += 1) log.append({ kind: "refused", n }, n);
    log.append({ kind: "granted" }, 500);
    expect(eventsOf(log)).toEqual([
      { kind: "omitted", of: "refusal", count: 500 },
      { kind: "granted" },
    ]);
  });

  it("is not taken up by the same event again and again: that is counted", () => {
    const log = open();
    for (let n = 0; n < 500; n += 1) log.append({ kind: "request" }, n);
    log.append({ kind: "granted" }, 60_000);
    expect(eventsOf(log)).toEqual([
      { kind: "granted" },
      { kind: "request", repeated: 499 },
      { kind: "request" },
    ]);
  });

  it("is not given back by closing: what was counted is stored, what is full stays full", () => {
    const quota = { different: 10, entries: 4, bytes: 1_000_000 };
    const over = { quotas: { ...defaultQuotas, request: quota } };
    const log = open(over);
    for (let n = 0; n < 6; n += 1) log.append({ kind: "request", n }, n);
    log.close();
    const again = open(over);
    again.append({ kind: "request", n: 9 }, 60_000);
    expect(eventsOf(again)).toEqual([
      { kind: "omitted", of: "request", count: 1 },
      { kind: "omitted", of: "request", count: 2 },
      { kind: "request", n: 3 },
      { kind: "request", n: 2 },
      { kind: "request", n: 1 },
      { kind: "request", n: 0 },
    ]);
    again.prune(10 * 24 * 3_600_000);
    again.append({ kind: "request", n: 10 }, 10 * 24 * 3_600_000);
    expect(eventsOf(again)[0]).toEqual({ kind: "request", n: 10 });
  });

  it("is kept for many counts without one call storing them all", () => {
    const log = open();
    for (const at of [0, 1]) {
      for (let n = 0; n < 100; n += 1) log.append({ kind: "request", n }, at);
    }
    const told: unknown[] = [];
    const stop = log.follow(({ event }) => told.push(event));
    // Looking made all of them due and stored.
    expect(told).toEqual([]);
    for (let n = 0; n < 100; n += 1) log.append({ kind: "request", n }, 2);
    log.append({ kind: "granted" }, 60_000);
    expect(told.length).toBeLessThan(20);
    expect(told.at(-1)).toEqual({ kind: "granted" });
    stop();
    const repeated = eventsOf(log).filter((event) => "repeated" in event);
    expect(repeated).toHaveLength(200);
  });
});

const writer = (body: string) => `
  import { createActivityLog } from ${JSON.stringify(import.meta.resolve("./activity-log.ts"))};
  const log = createActivityLog({
    file: ${JSON.stringify(file)},
    accountId: ${JSON.stringify(accountId)},
    publicKey: Buffer.from("${Buffer.from(publicKey).toString("hex")}", "hex"),
  });
  ${body}
`;

describe("a broker that ends without warning", () => {
  it("loses no entry that it said was stored", async () => {
    const child = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        writer(`
          for (let n = 0; ; n += 1) {
            log.append({ kind: "request", n }, n * 60_000);
            process._rawDebug(String(n));
          }
        `),
      ],
      { stdio: ["ignore", "inherit", "pipe"] },
    );
    let told = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      if (told.includes("\n1500\n")) child.kill("SIGKILL");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGKILL");
    const acknowledged = Number(told.trimEnd().split("\n").at(-1));
    expect(acknowledged).toBeGreaterThanOrEqual(1_500);
    const log = open();
    const stored = eventsOf(log).map(({ n }) => n);
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged + 1);
    expect(stored).toEqual(
      Array.from({ length: stored.length }, (_, at) => stored.length - 1 - at),
    );
    log.append({ kind: "granted" }, 0);
    expect(eventsOf(log)[0]).toEqual({ kind: "granted" });
  });
});

describe.skipIf(process.platform === "win32")("a full disk (T36)", () => {
  it("fails each call typed, loses nothing that was stored, and leaves the log readable", () => {
    const script = writer(`
      const key = Buffer.from(process.env.LOG_KEY, "hex");
      let stored = 0;
      const failures = new Set();
      for (let n = 0; n < 400; n += 1) {
        try {
          log.append({ kind: "granted", stored, filler: "x".repeat(2000) }, 0);
          stored += 1;
        } catch (error) {
          failures.add(error.name + " " + error.failure);
        }
      }
      const read = [...log.read(key)].map(({ event }) => event.stored);
      console.log(JSON.stringify({ stored, failures: [...failures], read }));
    `);
    // No file of this process may grow beyond so many blocks of 512 bytes.
    const run = spawnSync(
      "sh",
      [
        "-c",
        'ulimit -f 600 && exec "$0" --input-type=module --eval "$1"',
        process.execPath,
        script,
      ],
      {
        encoding: "utf8",
        env: { LOG_KEY: Buffer.from(privateKey).toString("hex") },
      },
    );
    expect(run.stderr).toBe("");
    const { stored, failures, read } = JSON.parse(run.stdout) as {
      stored: number;
      failures: string[];
      read: number[];
    };
    expect(failures).toEqual(["ActivityError storage"]);
    expect(stored).toBeGreaterThan(5);
    const all = Array.from({ length: stored }, (_, at) => stored - 1 - at);
    expect(read).toEqual(all);

    // With room again it goes on, and the chain holds.
    const log = open();
    log.append({ kind: "granted", stored }, 0);
    expect(eventsOf(log).map((event) => event["stored"])).toEqual([
      stored,
      ...all,
    ]);
  });
});

describe("the broker's own log", () => {
  it("is read without a key, newest first, in the same way", () => {
    const log = createBrokerLog({ file });
    opened.push(log);
    log.append({ kind: "integration-on" }, 1);
    log.append({ kind: "refused", pid: 1 }, 2);
    log.append({ kind: "refused", pid: 1 }, 3);
    expect([...log.read(noKey)]).toEqual([
      {
        sequence: 3n,
        atMs: 3,
        event: { kind: "refused", pid: 1, repeated: 1 },
      },
      { sequence: 2n, atMs: 2, event: { kind: "refused", pid: 1 } },
      { sequence: 1n, atMs: 1, event: { kind: "integration-on" } },
    ]);
  });

  it.each([
    ["text", `UPDATE entry SET body = CAST('[1,{"kind":"x"}]' AS BLOB)`],
    ["link", "UPDATE entry SET link = zeroblob(32)"],
    ["day", "UPDATE entry SET day = 5"],
  ])("tells a changed %s", (_, change) => {
    const log = createBrokerLog({ file });
    for (const kind of ["one", "two", "three"]) log.append({ kind }, 1);
    log.close();
    const database = new DatabaseSync(file);
    database.exec(`${change} WHERE sequence = 2`);
    database.close();
    const again = createBrokerLog({ file });
    opened.push(again);
    expect(failureOf(() => [...again.read(noKey)])).toBe("corrupt");
  });
});
