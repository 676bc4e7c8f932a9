// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createManualScheduler } from "../peer/manual-scheduler.fixture.ts";
import { ConnectionClock } from "./connection-clock.ts";

const second = 1000;
const minute = 60 * second;

function clock(patient = false) {
  const scheduler = createManualScheduler();
  const told: string[] = [];
  const made = new ConnectionClock({
    scheduler,
    receiveMs: 30 * second,
    idleMs: 15 * minute,
    onStalled: () => told.push("stalled"),
    onIdle: () => told.push("idle"),
    patient,
  });
  return { clock: made, scheduler, told };
}

test("gives the first request 30 s in all, headers and body (WIR-007)", () => {
  const { clock: time, scheduler, told } = clock();
  scheduler.advance(20 * second);
  time.begin();
  scheduler.advance(10 * second - 1);
  expect(told).toEqual([]);
  scheduler.advance(1);
  expect(told).toEqual(["stalled"]);
});

test("gives each later body 30 s of its own (WIR-007)", () => {
  const { clock: time, scheduler, told } = clock();
  time.begin().received();
  scheduler.advance(5 * minute);
  const slow = time.begin();
  scheduler.advance(20 * second);
  const other = time.begin();
  other.received();
  other.ended();
  scheduler.advance(10 * second - 1);
  expect(told).toEqual([]);
  scheduler.advance(1);
  expect(told).toEqual(["stalled"]);
  slow.received();
});

test("times a body that began before the first request was complete (WIR-007)", () => {
  const { clock: time, scheduler, told } = clock();
  time.begin();
  const second_ = time.begin();
  second_.received();
  second_.ended();
  scheduler.advance(30 * second);
  expect(told).toEqual(["stalled"]);
});

test("does not time a call that is received and waits (WIR-007)", () => {
  const { clock: time, scheduler, told } = clock();
  const call = time.begin();
  call.received();
  scheduler.advance(24 * 60 * minute);
  expect(told).toEqual([]);
  call.ended();
  scheduler.advance(15 * minute - 1);
  expect(told).toEqual([]);
  scheduler.advance(1);
  expect(told).toEqual(["idle"]);
});

test("gives an answer 30 s to be taken, from its end on (WIR-007, T60)", () => {
  const { clock: time, scheduler, told } = clock();
  const call = time.begin();
  call.received();
  scheduler.advance(24 * 60 * minute);
  call.answered();
  scheduler.advance(30 * second - 1);
  expect(told).toEqual([]);
  call.ended();
  scheduler.advance(second);
  const late = time.begin();
  late.received();
  late.answered();
  scheduler.advance(30 * second);
  expect(told).toEqual(["stalled"]);
});

test("counts calls, however often their end is told", () => {
  const { clock: time } = clock();
  const [one, two] = [time.begin(), time.begin()];
  expect(time.calls).toBe(2);
  one.received();
  one.ended();
  one.ended();
  one.received();
  expect(time.calls).toBe(1);
  two.ended();
  expect(time.calls).toBe(0);
});

test("gives a request 30 s from its first byte, in silence or early (WIR-007)", () => {
  for (const early of [false, true]) {
    const { clock: time, scheduler, told } = clock();
    const call = time.begin();
    call.received();
    if (early) time.bytesArrived();
    call.ended();
    scheduler.advance(10 * second);
    if (!early) time.bytesArrived();
    scheduler.advance(20 * second - 1);
    expect(told).toEqual([]);
    scheduler.advance(early ? 1 : 10 * second + 1);
    expect(told).toEqual(["stalled"]);
  }
});

test("does not take the bytes of a body for a new request", () => {
  const { clock: time, scheduler, told } = clock();
  const call = time.begin();
  time.bytesArrived();
  call.received();
  call.ended();
  scheduler.advance(10 * minute);
  expect(told).toEqual([]);
});

test("a drip of bytes wins no time (WIR-007)", () => {
  const { clock: time, scheduler, told } = clock();
  const call = time.begin();
  call.received();
  call.ended();
  for (let index = 0; index < 30; index += 1) {
    time.bytesArrived();
    scheduler.advance(second);
  }
  expect(told).toEqual(["stalled"]);
});

test("waits for ever for a surface, and for its bodies no longer than for others'", () => {
  const { clock: time, scheduler, told } = clock(true);
  scheduler.advance(24 * 60 * minute);
  const call = time.begin();
  call.received();
  call.ended();
  scheduler.advance(24 * 60 * minute);
  expect(told).toEqual([]);
  time.begin();
  scheduler.advance(30 * second);
  expect(told).toEqual(["stalled"]);
});

test("leaves no timer behind", () => {
  const { clock: time, scheduler } = clock();
  const call = time.begin();
  time.begin();
  time.begin().answered();
  time.stop();
  expect(scheduler.pending).toBe(0);
  call.received();
  call.ended();
  time.bytesArrived();
  expect(scheduler.pending).toBe(0);
});
