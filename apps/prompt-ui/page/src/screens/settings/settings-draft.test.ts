// SPDX-License-Identifier: Apache-2.0
import { SettingsSchema } from "@assent/protocol/owner";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import { expect, it } from "vitest";
import {
  autoLockChoices,
  draftOf,
  inactivityChoices,
  isChanged,
  settingsOf,
} from "./settings-draft.ts";

const settings = create(SettingsSchema, {
  integrationEnabled: true,
  autoLock: durationFromMs(420_000),
  inactivityTimeout: durationFromMs(600_000),
  webSurface: true,
});

it("has nothing to save until something differs from what the broker has", () => {
  const draft = draftOf(settings);
  expect(isChanged(draft, settings)).toBe(false);
  expect(isChanged({ ...draft, autoLockMs: 60_000 }, settings)).toBe(true);
  expect(isChanged({ ...draft, inactivityMs: 60_000 }, settings)).toBe(true);
  expect(isChanged({ ...draft, webSurface: false }, settings)).toBe(true);
});

it("saves what was chosen and leaves the integration as it is, unless it is said", () => {
  const draft = { ...draftOf(settings), inactivityMs: 120_000 };
  const sent = create(SettingsSchema, settingsOf(draft, settings));
  expect(sent.integrationEnabled).toBe(true);
  expect(sent.inactivityTimeout && durationMs(sent.inactivityTimeout)).toBe(
    120_000,
  );
  expect(settingsOf(draft, settings, false).integrationEnabled).toBe(false);
});

it("offers a value that is set by other means, beside the usual ones", () => {
  expect(autoLockChoices(420_000).map(({ label }) => label)).toContain(
    "7 minutes",
  );
  expect(autoLockChoices(600_000)).toHaveLength(11);
});

it("offers no inactivity time above the ten minutes of the rule (EXP-001)", () => {
  const times = inactivityChoices(600_000).map(({ ms }) => ms);
  expect(Math.min(...times)).toBe(60_000);
  expect(Math.max(...times)).toBe(600_000);
});

it("sends back what this version does not know of the settings", () => {
  const newer = new Uint8Array([
    ...toBinary(SettingsSchema, settings),
    0x78,
    1,
  ]);
  const told = fromBinary(SettingsSchema, newer);
  const sent = create(SettingsSchema, settingsOf(draftOf(told), told));
  expect(sent.$unknown?.length).toBe(1);
});
