// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, it } from "vitest";
import { createMutes, type Mutes, mostMutes } from "./mutes.ts";

let now: number;
let mutes: Mutes<string, string>;
/** Files that are held on to. */
let pinned: string[];
/** "a:git/b:node" runs node and was started by a process that runs git. */
const executableOf = (asker: string) => asker.split(":").at(-1);

beforeEach(() => {
  now = 1_000_000;
  pinned = [];
  let ids = 0;
  mutes = createMutes({
    newId: () => `m${++ids}`,
    bootMs: () => now,
    stemsFrom: (asker, origin) =>
      asker === origin || asker.startsWith(`${origin}/`),
    executableOf,
    pin(asker) {
      const file = executableOf(asker);
      if (file === undefined || file === "gone") return undefined;
      pinned.push(file);
      return {
        [Symbol.dispose]() {
          pinned.splice(pinned.indexOf(file), 1);
        },
      };
    },
  });
});

it("a muted process is refused with all that it started, and nobody else of its executable (T51)", () => {
  mutes.add("1:node", "process", 60_000, "");
  expect(mutes.covers("1:node")).toBe(true);
  expect(mutes.covers("1:node/2:git")).toBe(true);
  expect(mutes.covers("3:node")).toBe(false);
  expect(pinned).toEqual([]);
});

it("a muted executable is refused in every process, and its children of another are not", () => {
  mutes.add("1:deploy", "executable", 60_000, "");
  expect(mutes.covers("2:deploy")).toBe(true);
  expect(mutes.covers("1:deploy/3:git")).toBe(false);
  expect(pinned).toEqual(["deploy"]);
});

it("a file that cannot be held on to is muted by its process alone", () => {
  const mute = mutes.add("1:gone", "executable", 60_000, "");
  expect(mute.reach).toBe("process");
  expect(mutes.covers("1:gone")).toBe(true);
  expect(mutes.covers("2:gone")).toBe(false);
});

it("a mute holds until its time by the clock, and is then let go", () => {
  mutes.add("1:deploy", "executable", 60_000, "");
  now += 59_999;
  expect(mutes.covers("2:deploy")).toBe(true);
  now += 1;
  expect(mutes.covers("2:deploy")).toBe(false);
  expect(mutes.list()).toEqual([]);
  mutes.sweep();
  expect(pinned).toEqual([]);
});

it("a mute can be undone once", () => {
  const { id } = mutes.add("1:deploy", "executable", 60_000, "who");
  expect(mutes.remove(id)?.facts).toBe("who");
  expect(mutes.covers("1:deploy")).toBe(false);
  expect(pinned).toEqual([]);
  expect(mutes.remove(id)).toBeUndefined();
});

it("the same program muted again is muted as said last", () => {
  mutes.add("1:deploy", "executable", 60_000, "");
  mutes.add("2:deploy", "executable", 30_000, "");
  expect(mutes.list()).toHaveLength(1);
  expect(pinned).toEqual(["deploy"]);
  now += 30_000;
  expect(mutes.covers("1:deploy")).toBe(false);
});

it("mutes are bounded: over it, the one that would end first makes room", () => {
  for (let n = 0; n <= mostMutes; n += 1) {
    mutes.add(`${n}:p${n}`, "executable", 60_000 - n, "");
  }
  expect(mutes.list()).toHaveLength(mostMutes);
  expect(pinned).toHaveLength(mostMutes);
  expect(mutes.covers("x:p0")).toBe(true);
  expect(mutes.covers(`x:p${mostMutes - 1}`)).toBe(false);
  mutes.close();
  expect(pinned).toEqual([]);
});
