// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createExecutableDigests } from "./executable-digest.ts";
import { createLane } from "./lane.ts";
import { createManualScheduler } from "./manual-scheduler.fixture.ts";
import { temporaryDirectory } from "./processes.fixture.ts";

// Names a file without opening it, as a capture does.
const openPath = 0o10000000;
const digests = () =>
  createExecutableDigests(createLane(createManualScheduler(), 300));
const sha256 = (content: Uint8Array) =>
  createHash("sha256").update(content).digest();

test("hashes the file that is held, not the one at its path by now (PRC-011)", async () => {
  const path = join(temporaryDirectory(), "f");
  // More than one piece.
  const content = randomBytes(2_500_000);
  writeFileSync(path, content);
  const held = openSync(path, openPath);
  writeFileSync(`${path}.new`, "another");
  renameSync(`${path}.new`, path);
  expect(Buffer.from((await digests().of(held)) ?? [])).toEqual(
    sha256(content),
  );
  closeSync(held);
});

test("remembers a file until it changes", async () => {
  const path = join(temporaryDirectory(), "f");
  writeFileSync(path, "one");
  const held = openSync(path, openPath);
  const known = digests();
  const first = await known.of(held);
  expect(await known.of(held)).toBe(first);
  writeFileSync(path, "other");
  expect(Buffer.from((await known.of(held)) ?? [])).toEqual(
    sha256(Buffer.from("other")),
  );
  closeSync(held);
});

test("hashes nothing that is no file", async () => {
  const held = openSync(temporaryDirectory(), openPath);
  expect(await digests().of(held)).toBeUndefined();
  expect(await digests().of(1_000_000)).toBeUndefined();
  closeSync(held);
});
