// SPDX-License-Identifier: Apache-2.0
import type { Caller, Link } from "./caller.ts";
import { refused } from "./check.ts";
import { read, readsValue } from "./operations.ts";
import type { World } from "./world.ts";

/** Fails unless a Request of it gives the secret of i1: what is then taken from it was there. */
export async function hasAuthority(
  assertion: string,
  world: World,
  caller: Caller,
  on?: Link,
): Promise<void> {
  const item = world.item("i1");
  const answer = await caller.request(read(item), on ? { on } : {});
  readsValue(assertion, answer, item);
}

/** Fails unless a Request of it is refused as unauthenticated, or its connection is closed. */
export async function hasNoAuthority(
  assertion: string,
  world: World,
  caller: Caller,
  on?: Link,
): Promise<void> {
  const answer = await caller.request(read(world.item("i1")), on ? { on } : {});
  if (answer.kind !== "broken") refused(assertion, answer, "unauthenticated");
}
