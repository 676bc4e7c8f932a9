// SPDX-License-Identifier: Apache-2.0
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSharedCall } from "./shared-call.ts";

const never = () => new AbortController().signal;

test("gives all who wait one outcome", async () => {
  const outcome = Promise.withResolvers<number>();
  let over = 0;
  const call = createSharedCall(
    () => outcome.promise,
    () => {
      over += 1;
    },
  );
  const waiting = [call.join(never()), call.join(never())];
  outcome.resolve(7);
  assert.equal(await Promise.all(waiting), [7, 7]);
  assert.is(over, 1);
  assert.is(call.ended, false);
});

test("is aborted when the last one leaves, and not before", async () => {
  let signal: AbortSignal | undefined;
  const call = createSharedCall(
    (given) => {
      signal = given;
      return new Promise<never>(() => {});
    },
    () => {},
  );
  const first = new AbortController();
  const second = new AbortController();
  const waiting = [call.join(first.signal), call.join(second.signal)];
  first.abort("one");
  assert.is(await waiting[0]?.catch((reason) => reason), "one");
  assert.is(signal?.aborted, false);
  second.abort("two");
  assert.is(await waiting[1]?.catch((reason) => reason), "two");
  assert.is(signal?.aborted, true);
  assert.is(call.ended, true);
});

test("a failure that nobody waits for is no unhandled rejection", async () => {
  let over = false;
  createSharedCall(
    () => Promise.reject(new Error("nobody")),
    () => {
      over = true;
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(over);
});

test("does not let in who has already left", async () => {
  const call = createSharedCall(
    () => new Promise<never>(() => {}),
    () => {},
  );
  const gone = AbortSignal.abort("gone");
  assert.is(await call.join(gone).catch((reason) => reason), "gone");
});

test.run();
