// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createLane } from "./lane.ts";
import { createManualScheduler } from "./manual-scheduler.fixture.ts";

test("runs one after another, and gives each result", async () => {
  const lane = createLane(createManualScheduler(), 300);
  const order: string[] = [];
  const results = await Promise.all([
    lane.run(async () => {
      order.push("a begins");
      await Promise.resolve();
      order.push("a ends");
      return 1;
    }),
    lane.run(async () => {
      order.push("b");
      return 2;
    }),
  ]);
  expect(results).toEqual([1, 2]);
  expect(order).toEqual(["a begins", "a ends", "b"]);
});

test("gives nothing for what fails, and goes on", async () => {
  const lane = createLane(createManualScheduler(), 300);
  expect(await lane.run(() => Promise.reject(new Error("no")))).toBeUndefined();
  expect(await lane.run(async () => 1)).toBe(1);
});

test("lets nobody wait for what is stuck, and starts nothing behind it that is late", async () => {
  const scheduler = createManualScheduler();
  const lane = createLane(scheduler, 300);
  let unstick: (value: number) => void = () => undefined;
  const stuck = lane.run(
    () =>
      new Promise<number>((resolve) => {
        unstick = resolve;
      }),
  );
  let started = false;
  const behind = lane.run(async () => {
    started = true;
  });
  scheduler.advance(300);
  expect(await stuck).toBeUndefined();
  expect(await behind).toBeUndefined();
  const after = lane.run(async () => 3);
  unstick(1);
  expect(await after).toBe(3);
  expect(started).toBe(false);
  expect(scheduler.pending).toBe(0);
});
