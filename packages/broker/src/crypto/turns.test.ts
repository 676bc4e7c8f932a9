// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createTurns, TooManyWaitingError } from "./turns.ts";

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

test("one task runs at a time, in the order they came (T52)", async () => {
  const turns = createTurns(10);
  const events: string[] = [];
  const gates = [gate(), gate(), gate()];
  const runs = gates.map(({ passed }, index) =>
    turns.run(async () => {
      events.push(`begin ${index}`);
      await passed;
      events.push(`end ${index}`);
    }),
  );
  for (const { open } of gates.toReversed()) open();
  await Promise.all(runs);
  expect(events).toEqual([
    "begin 0",
    "end 0",
    "begin 1",
    "end 1",
    "begin 2",
    "end 2",
  ]);
});

test("who comes while a task runs that had to wait, waits as well (T52)", async () => {
  const turns = createTurns(1);
  const [first, second] = [gate(), gate()];
  const began = gate();
  const events: string[] = [];
  const runs = [
    turns.run(() => first.passed),
    turns.run(async () => {
      began.open();
      await second.passed;
      events.push("second");
    }),
  ];
  first.open();
  await began.passed;
  runs.push(
    turns.run(async () => {
      events.push("third");
    }),
  );
  second.open();
  await Promise.all(runs);
  expect(events).toEqual(["second", "third"]);
});

test("a task that fails lets the next one run", async () => {
  const turns = createTurns(1);
  const failed = turns.run(() => Promise.reject(new Error("first")));
  const next = turns.run(async () => "second");
  await expect(failed).rejects.toThrow("first");
  await expect(next).resolves.toBe("second");
});

test("the queue is bounded; what is refused never runs (T52)", async () => {
  const turns = createTurns(1);
  const { passed, open } = gate();
  let ran = false;
  const first = turns.run(() => passed);
  const second = turns.run(async () => "second");
  const third = turns.run(async () => {
    ran = true;
  });
  await expect(third).rejects.toThrow(TooManyWaitingError);
  open();
  await first;
  expect(await second).toBe("second");
  expect(ran).toBe(false);
  expect(await turns.run(async () => "free again")).toBe("free again");
});

test("who gives up while waiting leaves the queue to others", async () => {
  const turns = createTurns(1);
  const { passed, open } = gate();
  const first = turns.run(() => passed);
  const controller = new AbortController();
  let ran = false;
  const second = turns.run(async () => {
    ran = true;
  }, controller.signal);
  controller.abort(new Error("gone"));
  await expect(second).rejects.toThrow("gone");
  const third = turns.run(async () => "third");
  open();
  await first;
  expect(await third).toBe("third");
  expect(ran).toBe(false);
  const late = turns.run(async () => "never", controller.signal);
  await expect(late).rejects.toThrow("gone");
});
