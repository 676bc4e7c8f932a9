// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locatePlaces } from "@assent/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspect } from "../src/inspect.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assent-inspect-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const placesIn = (directory: string) =>
  locatePlaces({
    environment: {},
    homeDirectory: directory,
    userId: 0,
    isOwnDirectory: () => false,
    home: directory,
  });

test("finds nothing wrong here, and makes nothing", async () => {
  const fresh = join(home, "fresh");
  expect(await inspect(placesIn(fresh))).toEqual({
    platform: undefined,
    hasPeerPidfd: true,
    settings: undefined,
  });
  expect(existsSync(fresh)).toBe(false);
});

test("tells what is wrong with the settings", async () => {
  writeFileSync(join(home, "settings.json"), "{");
  expect((await inspect(placesIn(home))).settings).toMatch(/is not JSON/);
});
