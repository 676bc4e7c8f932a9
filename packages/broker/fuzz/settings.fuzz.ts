// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSafe } from "@assent/wording";
import {
  type BrokerSettings,
  openSettings,
  SettingsError,
} from "../src/settings/settings.ts";
import { type FuzzTarget, functionTarget } from "./fuzz-target.ts";
import { mutate } from "./mutation.ts";
import { createRandom, type Random } from "./random.ts";

const names = [
  "integrationEnabled",
  "autoLockMs",
  "inactivityMs",
  "webSurface",
  "__proto__",
  "constructor",
  "\u202e",
  "x".repeat(300),
  "",
];
const values = [
  true,
  false,
  null,
  0,
  59_999,
  60_000,
  600_000,
  600_001,
  86_400_000,
  86_400_001,
  1e308,
  60_000.5,
  -1,
  "true",
  [],
  {},
];

function make(seed: number): Uint8Array {
  const random = createRandom(seed);
  const pairs = Array.from({ length: random.below(5) }, () =>
    pair(random, random.oneIn(8) ? names : names.slice(0, 4)),
  );
  const text = random.oneIn(40)
    ? random.pick(["", "[]", "null", "1", '"x"', "\ufeff{}", "[".repeat(9000)])
    : `{${pairs.join(",")}}`;
  const bytes = Buffer.from(text);
  if (random.oneIn(200)) return Buffer.alloc(65_537, 0x20);
  return random.oneIn(3) ? mutate(random, bytes) : bytes;
}

function pair(random: Random, from: readonly string[]): string {
  const name = random.pick(from);
  const fits = name.endsWith("Ms") ? [60_000, 600_000] : [true, false];
  const value = random.pick(random.oneIn(3) ? values : fits);
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

/** What the bytes mean; undefined: nothing that may hold. */
function meaning(bytes: Uint8Array): BrokerSettings | undefined {
  let json: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    json = bytes.length > 65_536 ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return;
  const all = new Map<string, unknown>([
    ["integrationEnabled", false],
    ["autoLockMs", 600_000],
    ["inactivityMs", 600_000],
    ["webSurface", true],
  ]);
  for (const [name, value] of Object.entries(json)) {
    if (!all.has(name) || typeof value !== typeof all.get(name)) return;
    all.set(name, value);
  }
  for (const [name, most] of [
    ["autoLockMs", 86_400_000],
    ["inactivityMs", 600_000],
  ] as const) {
    const value = all.get(name) as number;
    if (value % 1 !== 0 || value < 60_000 || value > most) return;
  }
  return Object.fromEntries(all) as never;
}

/** Settings are what the file says, each within its range, or refused in one clear line (T19, T21). */
export const target: FuzzTarget = {
  name: "settings",
  testRuns: 2_000,
  async run(options) {
    const directory = mkdtempSync(join(tmpdir(), "assent-fuzz-"));
    const path = join(directory, "settings.json");
    const check = (bytes: Uint8Array) => {
      writeFileSync(path, bytes, { mode: 0o600 });
      let told: BrokerSettings | undefined;
      try {
        told = openSettings(path).current;
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        if (makeSafe(error.message) !== error.message) {
          throw new Error(`not one safe line: ${error.message}`);
        }
      }
      const wanted = meaning(bytes);
      for (const name of names.slice(0, 4) as (keyof BrokerSettings)[]) {
        if (told?.[name] !== wanted?.[name]) {
          throw new Error(`${name} is ${told?.[name]}, not ${wanted?.[name]}`);
        }
      }
    };
    try {
      return await functionTarget("settings", { make, check }).run(options);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};
