// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { limits } from "@assent/protocol";
import { writeDurably } from "./durable-file.ts";

/** How the broker behaves. In clear: a locked account must be shown and approved too. */
export interface BrokerSettings {
  /** The broker channel exists. */
  readonly integrationEnabled: boolean;
  /** Unlocked by hand: lock after this long idle, milliseconds. */
  readonly autoLockMs: number;
  /** Longest inactivity timeout granted, milliseconds; at most ten minutes. */
  readonly inactivityMs: number;
  /** Start the web surface for prompts nobody shows. */
  readonly webSurface: boolean;
}

/** What holds until the user says otherwise: nothing is served to programs. */
export const defaultSettings: BrokerSettings = {
  integrationEnabled: false,
  autoLockMs: 600_000,
  inactivityMs: limits.inactivityMs,
  webSurface: true,
};

/** The settings cannot be read or written; the message says what to do. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** The settings of one broker. */
export interface SettingsFile {
  readonly current: BrokerSettings;
  /** Durable once it returns. @throws SettingsError when out of range or not written */
  change(settings: BrokerSettings): void;
}

/** Open the settings; a missing file means the defaults, a malformed one is refused. */
export function openSettings(path: string): SettingsFile {
  let current = read(path);
  return {
    get current() {
      return current;
    },
    change(settings) {
      check(settings, path);
      try {
        writeDurably(
          path,
          Buffer.from(`${JSON.stringify(settings, null, 2)}\n`),
        );
      } catch (error) {
        throw new SettingsError(
          `the settings could not be written to ${path} (${codeOf(error)}); nothing was changed`,
        );
      }
      current = settings;
    },
  };
}

function read(path: string): BrokerSettings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return defaultSettings;
    throw new SettingsError(
      `the settings in ${path} cannot be read (${codeOf(error)})`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const settings = {
    ...defaultSettings,
    ...(json as object),
  } as BrokerSettings;
  check(json === null || typeof json !== "object" ? undefined : settings, path);
  return settings;
}

function check(settings: BrokerSettings | undefined, path: string): void {
  const whole = (ms: unknown, least: number, most: number) =>
    Number.isSafeInteger(ms) && Number(ms) >= least && Number(ms) <= most;
  const known = Object.keys(defaultSettings);
  if (
    settings === undefined ||
    Object.keys(settings).some((key) => !known.includes(key)) ||
    typeof settings.integrationEnabled !== "boolean" ||
    typeof settings.webSurface !== "boolean" ||
    !whole(settings.autoLockMs, 60_000, 24 * 3_600_000) ||
    !whole(settings.inactivityMs, 60_000, limits.inactivityMs)
  ) {
    throw new SettingsError(
      `the settings in ${path} are not well-formed: mend the file, or remove it to have the defaults`,
    );
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? "unknown cause");
}
