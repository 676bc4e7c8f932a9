// SPDX-License-Identifier: Apache-2.0
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSeenExecutables } from "../prompt/seen-executables.ts";
import { openSeenExecutables } from "./seen-file.ts";
import { defaultSettings, openSettings, SettingsError } from "./settings.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assent-settings-"));
  path = join(folder, "settings.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("settings", () => {
  it("that were never made serve no program", () => {
    expect(openSettings(path).current).toEqual(defaultSettings);
    expect(defaultSettings.integrationEnabled).toBe(false);
  });

  it("are there again after a restart, for the user alone", () => {
    const changed = {
      ...defaultSettings,
      integrationEnabled: true,
      inactivityMs: 60_000,
    };
    openSettings(path).change(changed);
    expect(openSettings(path).current).toEqual(changed);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "7"],
    ["nothing", "null"],
    ["a wrong type", '{"integrationEnabled":"yes"}'],
    [
      "a name we do not know",
      '{"integrationEnabled":true,"integrationEnabeld":false}',
    ],
    ["more than ten minutes", '{"inactivityMs":600001}'],
    ["no whole number", '{"autoLockMs":1e99}'],
  ])("with %s are refused, and the file is left as it is", (_what, text) => {
    writeFileSync(path, text);
    expect(() => openSettings(path)).toThrow(SettingsError);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("out of range are not taken", () => {
    const settings = openSettings(path);
    expect(() =>
      settings.change({ ...defaultSettings, inactivityMs: 600_001 }),
    ).toThrow(SettingsError);
    expect(settings.current).toEqual(defaultSettings);
  });

  it("that cannot be written are not taken (T36)", () => {
    const settings = openSettings(join(folder, "none", "settings.json"));
    expect(() =>
      settings.change({ ...defaultSettings, webSurface: false }),
    ).toThrow(/nothing was changed/);
    expect(settings.current).toEqual(defaultSettings);
  });

  it("are written to a new file, never through a link that lies in the way", () => {
    const elsewhere = join(folder, "elsewhere");
    writeFileSync(elsewhere, "mine");
    symlinkSync(elsewhere, `${path}.new`);
    openSettings(path).change(defaultSettings);
    expect(readFileSync(elsewhere, "utf8")).toBe("mine");
  });
});

describe("seen executables", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("are remembered by path and content, over a restart", () => {
    const seen = openSeenExecutables(path, () => {});
    seen.add(bytes("/usr/bin/a"), bytes("1"));
    const again = openSeenExecutables(path, () => {});
    expect(again.has(bytes("/usr/bin/a"), bytes("1"))).toBe(true);
    expect(again.has(bytes("/usr/bin/a"), bytes("2"))).toBe(false);
    expect(again.has(bytes("/usr/bin/b"), bytes("1"))).toBe(false);
    expect(readFileSync(path, "utf8")).not.toContain("/usr/bin");
  });

  it("that cannot be written cost a line, nothing else", () => {
    const lines: string[] = [];
    mkdirSync(join(folder, "seen"));
    const seen = openSeenExecutables(join(folder, "seen"), (...facts) =>
      lines.push(facts.join(" ")),
    );
    seen.add(bytes("/usr/bin/a"), bytes("1"));
    expect(lines).toHaveLength(1);
    expect(seen.has(bytes("/usr/bin/a"), bytes("1"))).toBe(true);
  });

  it("are forgotten from the oldest on when there are very many", () => {
    const seen = createSeenExecutables({ load: () => [], save: () => {} });
    for (let n = 0; n <= 4096; n += 1) seen.add(bytes(`/bin/${n}`), bytes(""));
    expect(seen.has(bytes("/bin/0"), bytes(""))).toBe(false);
    expect(seen.has(bytes("/bin/4096"), bytes(""))).toBe(true);
  });
});
