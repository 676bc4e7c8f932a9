// SPDX-License-Identifier: Apache-2.0
import { ListActivityResponseSchema } from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { addEntries } from "./activity-entries.ts";
import { type ActivityEntry, readEntry } from "./activity-entry.ts";
import { exportCsv, exportJson } from "./activity-export.ts";
import {
  everything,
  filterEntries,
  outcomeChoices,
  programChoices,
} from "./activity-filter.ts";

const now = Date.UTC(2027, 0, 15, 12);

function entry(
  sequence: number,
  event: object,
  agoMs = 0,
  text = "Something happened.",
): ActivityEntry {
  return readEntry(
    create(ListActivityResponseSchema, {
      sequence: BigInt(sequence),
      at: timestampFromMs(now - agoMs),
      text,
      eventJson: JSON.stringify(event),
    }),
  );
}

const git = { pid: 7, name: "git", path: "/usr/bin/git" };

describe("an entry", () => {
  it("has an outcome that tells approval, denial, silence and refusal apart", () => {
    const outcome = (event: object) => entry(1, event).outcome;
    expect(outcome({ kind: "granted", process: git })).toBe("approved");
    expect(outcome({ kind: "prompt-denied" })).toBe("denied");
    expect(outcome({ kind: "prompt-ended", cause: "timed-out" })).toBe(
      "expired",
    );
    expect(outcome({ kind: "prompt-ended", cause: "withdrawn" })).toBe("ended");
    expect(outcome({ kind: "request" })).toBe("used");
    expect(outcome({ kind: "request", cause: "out-of-scope" })).toBe("refused");
    expect(outcome({ kind: "credential-refused" })).toBe("warning");
    expect(outcome({ kind: "from-tomorrow" })).toBe("changed");
    expect(outcome({ kind: "constructor" })).toBe("changed");
  });

  it("shows foreign text made safe, and what is no JSON by its sentence (T21)", () => {
    const told = create(ListActivityResponseSchema, {
      sequence: 1n,
      text: "a\u202eb",
      eventJson: "{",
    });
    expect(readEntry(told)).toMatchObject({ text: "a<U+202E>b", kind: "" });
    const named = entry(1, { kind: "granted", process: { name: "x\u200by" } });
    expect(named.program).toMatchObject({
      name: "x<U+200B>y",
      isDeceptive: true,
    });
  });
});

describe("the list", () => {
  it("is newest first, whatever order entries are told in, and holds each once", () => {
    const first = addEntries([], [entry(1, {}, 5_000), entry(3, {}, 1_000)]);
    const both = addEntries(first, [
      entry(3, {}, 1_000),
      entry(2, {}, 1_000),
      entry(4, {}),
    ]);
    expect(both.map(({ sequence }) => Number(sequence))).toEqual([4, 3, 2, 1]);
    expect(addEntries(both, [entry(4, {})])).toBe(both);
  });

  it("is narrowed by program, outcome and time, at the time of looking", () => {
    const other = { name: "git", path: "/opt/git" };
    const entries = [
      entry(4, { kind: "granted", process: git }),
      entry(3, { kind: "granted", process: other }, 30 * 60_000),
      entry(2, { kind: "prompt-denied", process: git }, 2 * 3_600_000),
      entry(1, { kind: "account-created" }, 40 * 3_600_000),
    ];
    const shown = (filter: object, at = now) =>
      filterEntries(entries, { ...everything, ...filter }, at).map(
        ({ sequence }) => Number(sequence),
      );
    expect(shown({})).toEqual([4, 3, 2, 1]);
    expect(shown({ program: "/usr/bin/git" })).toEqual([4, 2]);
    expect(shown({ program: "/usr/bin/git", outcome: "denied" })).toEqual([2]);
    expect(shown({ span: "hour" })).toEqual([4, 3]);
    expect(shown({ span: "hour" }, now + 3_600_000)).toEqual([4]);
    expect(shown({ span: "day" })).toEqual([4, 3, 2]);
    expect(programChoices(entries)).toEqual([
      { key: "/opt/git", label: "git (/opt/git)" },
      { key: "/usr/bin/git", label: "git (/usr/bin/git)" },
    ]);
    expect(outcomeChoices(entries)).toEqual(["approved", "denied", "changed"]);
  });
});

describe("the export", () => {
  it("writes an object a line, with the event as it was told", () => {
    const event = { kind: "granted", process: git };
    const { name, text } = exportJson([entry(9, event)], now);
    expect(name).toBe("assent-activity-2027-01-15.jsonl");
    expect(
      text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        sequence: 9,
        at: "2027-01-15T12:00:00.000Z",
        text: "Something happened.",
        event,
      },
    ]);
  });

  it("writes a table that no spreadsheet computes, quotes and all", () => {
    const event = { kind: "granted", process: { name: '=1+1"', path: "" } };
    const { text } = exportCsv([entry(9, event, 0, '-a, "b"')], now);
    expect(text.split("\r\n")[1]).toBe(
      '"9","2027-01-15T12:00:00.000Z","approved","\'=1+1""","","\'-a, ""b"""',
    );
  });
});
