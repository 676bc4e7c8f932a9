// SPDX-License-Identifier: Apache-2.0
import { refused } from "./check.ts";
import { listVaults, read, readsValue } from "./operations.ts";
import { Failure } from "./verdict.ts";
import type { World } from "./world.ts";

/** Others, whom it must not touch when somebody misbehaves. */
export interface Bystanders {
  /** Another process still has its session, and a stranger is still answered. */
  areServed(when: string): Promise<void>;
}

// Machines differ: what a broker does at once is not called late before this.
const patienceMs = 10_000;

/** What comes, if it comes within ten seconds. @throws Failure */
export async function soon<T>(what: string, coming: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new Failure(what, "within 10 s", "nothing came");
    timer = setTimeout(() => reject(failure), patienceMs);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A process that was granted acct1, and strangers as they are needed. */
export async function createBystanders(world: World): Promise<Bystanders> {
  const other = await world.granted();
  const item = world.item("i1");
  return {
    async areServed(when) {
      const mine = `a Request of another process ${when}`;
      readsValue(mine, await soon(mine, other.request(read(item))), item);
      const theirs = `a Request of a stranger ${when}`;
      const stranger = await world.caller();
      const answer = await soon(theirs, stranger.request(listVaults));
      refused(theirs, answer, "unauthenticated");
      stranger.process.kill();
    },
  };
}
