// SPDX-License-Identifier: Apache-2.0
// `npm run durability -- --kills 1000` does the same for longer; CI, 200 times.
import { expect, test } from "vitest";
import { measureDurability } from "./durability.ts";

const kills = 50;

test(`a process that saves is killed ${kills} times: no acknowledged change is lost, no file or backup is torn (T36)`, async () => {
  const result = await measureDurability({ kills, seed: 1 });
  expect(result.corrupt).toEqual([]);
  expect(result.lost).toBe(0);
  expect(result.kills).toBe(kills);
  // It was killed in the middle of all that it does.
  expect(result.acknowledged).toBeGreaterThan(kills);
  expect(result.backups).toBeGreaterThan(0);
  expect(Object.keys(result.killedAfter)).toEqual(
    expect.arrayContaining(["starting", "open", "a save"]),
  );
}, 300_000);
