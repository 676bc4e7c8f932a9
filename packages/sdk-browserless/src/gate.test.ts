// SPDX-License-Identifier: Apache-2.0
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createGate } from "./gate.ts";

const { signal } = new AbortController();

test("lets in as many as fit, and the others in order as places come free", async () => {
  const gate = createGate(2);
  assert.is(gate.enter(signal), undefined);
  assert.is(gate.enter(signal), undefined);
  const order: string[] = [];
  const third = gate.enter(signal)?.then(() => order.push("third"));
  const fourth = gate.enter(signal)?.then(() => order.push("fourth"));
  gate.leave();
  await third;
  assert.equal(order, ["third"]);
  gate.leave();
  await fourth;
  gate.leave();
  gate.leave();
  assert.is(gate.enter(signal), undefined);
});

test("who gives up takes no place", async () => {
  const gate = createGate(1);
  gate.enter(signal);
  const control = new AbortController();
  const gone = gate.enter(control.signal);
  const next = gate.enter(signal);
  control.abort("gone");
  assert.is(await gone?.catch((reason) => reason), "gone");
  gate.leave();
  await next;
  gate.leave();
  assert.is(gate.enter(signal), undefined);
});

test.run();
