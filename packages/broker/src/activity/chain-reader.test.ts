// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyPair } from "../crypto/key-pair.ts";
import { systemRandom } from "../crypto/random.ts";
import { ActivityError, type ActivityLog } from "./activity.ts";
import { createActivityLog } from "./activity-log.ts";
import { linkOf, placesOf } from "./entry-place.ts";

const accountId = "a".repeat(26);
const pair = createKeyPair(systemRandom);
const privateKey = pair.privateKey.bytes;
const dayMs = 24 * 3_600_000;

let directory = "";
let file = "";
const opened: ActivityLog[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "assent-chain-"));
  file = join(directory, "log.db");
});
afterEach(() => {
  for (const log of opened.splice(0)) log.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(path = file, id = accountId): ActivityLog {
  const log = createActivityLog({
    file: path,
    accountId: id,
    publicKey: pair.publicKey,
  });
  opened.push(log);
  return log;
}

/** Three starts of a broker with four entries each, on twelve days. */
function fill(path = file, id = accountId): void {
  for (let start = 0; start < 3; start += 1) {
    const log = open(path, id);
    for (let n = start * 4; n < start * 4 + 4; n += 1) {
      log.append({ kind: n % 2 === 0 ? "granted" : "request", n }, n * dayMs);
    }
    log.close();
  }
}

function change(use: (database: DatabaseSync) => void, path = file): void {
  const database = new DatabaseSync(path);
  use(database);
  database.close();
}

/** What is listed, and how the listing ended. */
function list(log: ActivityLog): { listed: unknown[]; end: unknown } {
  const listed: unknown[] = [];
  try {
    for (const { event } of log.read(privateKey)) {
      listed.push(event["n"] ?? event.kind);
    }
    return { listed, end: "whole" };
  } catch (error) {
    const end = error instanceof ActivityError ? error.failure : error;
    return { listed, end };
  }
}
const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, at) => from - at);

/** Links anew from an entry on: what somebody without a key can do. */
function relink(database: DatabaseSync, from: number): void {
  const places = placesOf(`account/${accountId}`);
  const rows = database
    .prepare("SELECT * FROM entry ORDER BY sequence")
    .all() as never as Parameters<typeof places.of>[0][] &
    { body: Uint8Array; link: Uint8Array }[];
  const set = database.prepare("UPDATE entry SET link = ? WHERE sequence = ?");
  let previous: Uint8Array = places.origin;
  for (const row of rows) {
    if (row.sequence < from) previous = row.link;
    else {
      previous = linkOf(places.of(row, previous), row.body);
      set.run(previous, row.sequence);
    }
  }
}

describe("a log that was left alone", () => {
  it("is listed whole", () => {
    fill();
    expect(list(open())).toEqual({ listed: down(11, 0), end: "whole" });
  });
});

describe("a log that was changed", () => {
  const changes: [string, (database: DatabaseSync) => void][] = [
    [
      "one bit of a body",
      (db) => {
        const row = db
          .prepare("SELECT body FROM entry WHERE sequence = 6")
          .get();
        const body = row?.["body"] as Uint8Array;
        body[20] = (body[20] ?? 0) ^ 1;
        db.prepare("UPDATE entry SET body = ? WHERE sequence = 6").run(body);
      },
    ],
    [
      "a link",
      (db) =>
        db.exec("UPDATE entry SET link = zeroblob(32) WHERE sequence = 6"),
    ],
    [
      "a day",
      (db) => db.exec("UPDATE entry SET day = day + 1 WHERE sequence = 6"),
    ],
    [
      "a class",
      (db) => db.exec("UPDATE entry SET class = 2 WHERE sequence = 6"),
    ],
    [
      "an entry taken out",
      (db) => db.exec("DELETE FROM entry WHERE sequence = 6"),
    ],
    [
      "an entry taken out and the others moved up",
      (db) =>
        db.exec(`
          DELETE FROM entry WHERE sequence = 6;
          UPDATE entry SET sequence = sequence - 1 WHERE sequence > 6;
        `),
    ],
    [
      "two entries exchanged",
      (db) =>
        db.exec(`
          UPDATE entry SET sequence = -6 WHERE sequence = 6;
          UPDATE entry SET sequence = 6 WHERE sequence = 7;
          UPDATE entry SET sequence = 7 WHERE sequence = -6;
        `),
    ],
    [
      "a body copied over another",
      (db) =>
        db.exec(`
          UPDATE entry SET body = (SELECT body FROM entry WHERE sequence = 8)
          WHERE sequence = 6
        `),
    ],
    [
      "a segment moved",
      (db) => db.exec("UPDATE segment SET first = first + 1 WHERE number = 2"),
    ],
    [
      "a segment moved back",
      (db) => db.exec("UPDATE segment SET first = first - 1 WHERE number = 2"),
    ],
    [
      "a segment forgotten",
      (db) => db.exec("DELETE FROM segment WHERE number = 2"),
    ],
    [
      "a segment's header",
      (db) =>
        db.exec("UPDATE segment SET header = zeroblob(32) WHERE number = 2"),
    ],
    [
      "a segment's header cut off",
      (db) => db.exec("UPDATE segment SET header = x'' WHERE number = 2"),
    ],
    [
      "a segment's header taken from another",
      (db) =>
        db.exec(`
          UPDATE segment SET header = (SELECT header FROM segment WHERE number = 1)
          WHERE number = 2
        `),
    ],
    [
      "an entry in another segment",
      (db) => db.exec("UPDATE entry SET segment = 1 WHERE sequence = 6"),
    ],
    [
      "a link that is too long",
      (db) =>
        db.exec("UPDATE entry SET link = zeroblob(33) WHERE sequence = 6"),
    ],
    [
      "a segment that begins after its end",
      (db) => db.exec("UPDATE segment SET first = 9 WHERE number = 2"),
    ],
    [
      "an empty body",
      (db) => db.exec("UPDATE entry SET body = x'' WHERE sequence = 6"),
    ],
  ];

  it.each(changes)(
    "by %s is told as such; what is newer is listed",
    (_, make) => {
      fill();
      change(make);
      const { listed, end } = list(open());
      expect(end).toBe("corrupt");
      expect(listed).toEqual(down(11, 12 - listed.length));
      expect(listed.length).toBeLessThanOrEqual(6);
    },
  );

  it.each(changes.filter(([name]) => !/link|forgotten/.test(name)))(
    "by %s is told as such, with every link made anew",
    (_, make) => {
      fill();
      change((database) => {
        make(database);
        relink(database, 5);
      });
      expect(list(open()).end).toBe("corrupt");
    },
  );

  it("by taking the old end away is told as such", () => {
    fill();
    change((db) => db.exec("DELETE FROM entry WHERE sequence <= 2"));
    expect(list(open()).end).toBe("corrupt");
  });

  it("by taking the old end away, as if it had been dropped for its age, is told as such", () => {
    fill();
    change((db) =>
      db.exec(`
        UPDATE log SET anchor_sequence = 2,
          anchor_link = (SELECT link FROM entry WHERE sequence = 2);
        DELETE FROM entry WHERE sequence <= 2;
      `),
    );
    expect(list(open())).toEqual({ listed: down(11, 2), end: "corrupt" });
  });

  it("by taking away more than was dropped for its age is told as such", () => {
    fill();
    const log = open();
    log.prune(2 * dayMs);
    log.close();
    change((db) =>
      db.exec(`
        UPDATE log SET anchor_sequence = 5,
          anchor_link = (SELECT link FROM entry WHERE sequence = 5);
        DELETE FROM entry WHERE sequence <= 5;
      `),
    );
    expect(list(open()).end).toBe("corrupt");
  });

  it("by an entry of another account with the same key is told as such", () => {
    fill();
    const other = join(directory, "other.db");
    fill(other, "b".repeat(26));
    change((database) => {
      database.exec(`ATTACH '${other}' AS other`);
      database.exec(`
        UPDATE entry SET
          body = (SELECT body FROM other.entry WHERE sequence = 6),
          link = (SELECT link FROM other.entry WHERE sequence = 6)
        WHERE sequence = 6
      `);
    });
    expect(list(open()).end).toBe("corrupt");
  });

  it("by following entries of an older copy is told as such", () => {
    fill();
    const copy = join(directory, "copy.db");
    copyFileSync(file, copy);
    fill(copy);
    fill();
    change((database) => {
      database.exec(`ATTACH '${copy}' AS copy`);
      database.exec(`
        DELETE FROM entry WHERE sequence > 16;
        INSERT INTO entry SELECT * FROM copy.entry WHERE sequence > 16;
      `);
    });
    expect(list(open()).end).toBe("corrupt");
  });

  it("is told as such at once when it cannot be gone on with", () => {
    fill();
    change((db) => db.exec("UPDATE log SET anchor_sequence = 100"));
    expect(() => open()).toThrow(ActivityError);
  });

  it("can be gone on with otherwise: the present is written down, and listed", () => {
    fill();
    change((db) =>
      db.exec("UPDATE entry SET body = zeroblob(144) WHERE sequence = 12"),
    );
    const log = open();
    log.append({ kind: "granted", n: 12 }, 12 * dayMs);
    expect(list(log)).toEqual({ listed: [12], end: "corrupt" });
  });
});

describe("dropping what is old", () => {
  it("drops whole days, keeps the rest verifiable, and says so in the log", () => {
    fill();
    const log = open();
    log.prune(5 * dayMs + 1);
    expect(list(log)).toEqual({
      listed: ["pruned", ...down(11, 5)],
      end: "whole",
    });
    log.close();
    expect(list(open())).toEqual({
      listed: ["pruned", ...down(11, 5)],
      end: "whole",
    });
  });

  it("drops again and again", () => {
    fill();
    const log = open();
    for (let day = 1; day <= 9; day += 1) log.prune(day * dayMs);
    log.append({ kind: "granted", n: 12 }, 12 * dayMs);
    const { listed, end } = list(log);
    expect(end).toBe("whole");
    expect(listed.filter((one) => one !== "pruned")).toEqual(down(12, 9));
  });

  it("does nothing when nothing is old", () => {
    fill();
    const log = open();
    log.prune(0);
    log.prune(-5 * dayMs);
    expect(list(log)).toEqual({ listed: down(11, 0), end: "whole" });
    log.prune(dayMs);
    const { listed } = list(log);
    log.prune(dayMs);
    expect(list(log)).toEqual({ listed, end: "whole" });
  });

  it("can drop everything; the log goes on from there", () => {
    fill();
    const log = open();
    log.prune(1_000 * dayMs);
    expect(list(log)).toEqual({ listed: ["pruned"], end: "whole" });
    log.close();
    const again = open();
    again.append({ kind: "granted", n: 1 }, 1_000 * dayMs);
    expect(list(again)).toEqual({ listed: [1, "pruned"], end: "whole" });
  });

  it("drops nothing that stands behind something younger: the clock may have gone back", () => {
    const log = open();
    log.append({ kind: "granted", n: 0 }, 9 * dayMs);
    log.append({ kind: "granted", n: 1 }, 1 * dayMs);
    log.prune(5 * dayMs);
    expect(list(log)).toEqual({ listed: [1, 0], end: "whole" });
  });

  it("leaves no trace of what it dropped but the links and segments still needed", () => {
    fill();
    const log = open();
    log.prune(9 * dayMs);
    log.close();
    change((database) => {
      const count = (table: string) =>
        database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"];
      expect(count("entry")).toBe(4);
      expect(count("segment")).toBe(2);
    });
  });

  it.each([
    ["in the part still to come", 6, down(10, 6)],
    ["beyond it", 11, down(10, 8)],
  ])(
    "may happen while the log is read, %s: the listing ends early, and without alarm",
    (_, day, rest) => {
      fill();
      const log = open();
      const entries = log.read(privateKey)[Symbol.iterator]();
      expect(entries.next().value?.event["n"]).toBe(11);
      log.prune(day * dayMs);
      const listed: unknown[] = [];
      for (let one = entries.next(); !one.done; one = entries.next()) {
        listed.push(one.value.event["n"]);
      }
      expect(listed).toEqual(rest);
    },
  );
});

describe("links", () => {
  it("are SHA-256 over what an entry says in clear, the link before, and the body", () => {
    fill();
    change((database) => {
      const rows = database
        .prepare("SELECT * FROM entry ORDER BY sequence")
        .all() as { body: Uint8Array; link: Uint8Array }[];
      const number = (value: number) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64BE(BigInt(value));
        return bytes;
      };
      const text = (value: string) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(value.length);
        return Buffer.concat([length, Buffer.from(value)]);
      };
      const second = Buffer.concat([
        text("assent/activity/entry/v1"),
        text(`account/${accountId}`),
        number(2),
        number(1),
        number(1),
        number(1),
        rows[0]?.link ?? Buffer.alloc(0),
        rows[1]?.body ?? Buffer.alloc(0),
      ]);
      expect(Buffer.from(rows[1]?.link ?? [])).toEqual(
        hash("sha256", second, "buffer"),
      );
    });
  });
});
