// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, it } from "vitest";
import { createShowing, type Showing, showWithinMs } from "./showing.ts";

let pending: string[];
let unseen: string[];
let timers: { at: number; task: () => void }[];
let now: number;
let showing: Showing;

beforeEach(() => {
  pending = [];
  unseen = [];
  timers = [];
  now = 0;
  showing = createShowing({
    pending: () => pending,
    after(delayMs, task) {
      const timer = { at: now + delayMs, task };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    onUnseen: (ids, isNew) => unseen.push(`${ids}${isNew ? "!" : ""}`),
  });
});

function set(...ids: string[]): void {
  pending = ids;
  showing.changed();
}
function pass(ms: number): void {
  for (const end = now + ms; now < end; now += 1) {
    for (const timer of timers.filter(({ at }) => at === now + 1)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.task();
    }
  }
}

it("a prompt that nobody shows is told after two seconds, and again while that lasts (T42, T43)", () => {
  set("a");
  pass(showWithinMs - 1);
  expect(unseen).toEqual([]);
  pass(1);
  expect(unseen).toEqual(["a!"]);
  set("a", "b");
  pass(showWithinMs);
  expect(unseen).toEqual(["a!", "a,b"]);
  set();
  pass(10 * showWithinMs);
  expect(unseen).toHaveLength(2);
});

it("more prompts do not put it off", () => {
  set("a");
  pass(1_500);
  set("a", "b");
  pass(500);
  expect(unseen).toEqual(["a,b!"]);
});

it("one prompt on screen is enough; when it ends the next has two seconds of its own", () => {
  set("a", "b");
  showing.shown("a", {});
  pass(5 * showWithinMs);
  expect(unseen).toEqual([]);
  set("b");
  pass(showWithinMs - 1);
  expect(unseen).toEqual([]);
  pass(1);
  expect(unseen).toEqual(["b!"]);
});

it("what a surface showed is shown no more when the surface is gone", () => {
  const [one, other] = [{}, {}];
  set("a");
  showing.shown("a", one);
  showing.shown("a", other);
  showing.left(one);
  pass(5 * showWithinMs);
  expect(unseen).toEqual([]);
  showing.left(other);
  pass(showWithinMs);
  expect(unseen).toEqual(["a!"]);
});

it("nothing is told once it is stopped", () => {
  set("a");
  showing.stop();
  pass(5 * showWithinMs);
  expect(unseen).toEqual([]);
});
