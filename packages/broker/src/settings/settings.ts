// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import { makeSafe } from "@assent/wording";
import { writeDurably } from "./durable-file.ts";
import { readPrivateText, UnreadableFile } from "./private-text.ts";

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
  /** Take what the file says now. @throws SettingsError; what was before then stands */
  reload(): void;
}

/** Ours has four short lines. */
const mostBytes = 64 * 1024;

/** Open the settings; a missing file means the defaults, a malformed one is refused. */
export function openSettings(path: string): SettingsFile {
  let current = read(path);
  return {
    get current() {
      return current;
    },
    change(settings) {
      checked(settings, path);
      try {
        writeDurably(
          path,
          Buffer.from(`${JSON.stringify(settings, null, 2)}\n`),
        );
      } catch (error) {
        throw new SettingsError(
          `the settings could not be written to ${path} (${codeOf(error)}); nothing was changed: see to the disk`,
        );
      }
      current = settings;
    },
    reload() {
      current = read(path);
    },
  };
}

function read(path: string): BrokerSettings {
  const text = readText(path);
  if (text === undefined) return defaultSettings;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed(path, "is not JSON");
  }
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    throw malformed(path, "is not a JSON object");
  }
  return checked(json, path);
}

function readText(path: string): string | undefined {
  try {
    return readPrivateText(path, mostBytes);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw new SettingsError(`the settings file ${path} ${error.message}`);
  }
}

const day = 24 * 3_600_000;
const isSwitch = (value: unknown) => typeof value === "boolean";
const isBetween = (least: number, most: number) => (ms: unknown) =>
  Number.isSafeInteger(ms) && Number(ms) >= least && Number(ms) <= most;

const rules: {
  readonly [name in keyof BrokerSettings]: readonly [
    (value: unknown) => boolean,
    string,
  ];
} = {
  integrationEnabled: [isSwitch, "true or false"],
  autoLockMs: [isBetween(60_000, day), "from 60000 to 86400000"],
  inactivityMs: [
    isBetween(60_000, limits.inactivityMs),
    `from 60000 to ${limits.inactivityMs}`,
  ],
  webSurface: [isSwitch, "true or false"],
};

function checked(settings: object, path: string): BrokerSettings {
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules).join(", ");
      throw malformed(
        path,
        `has ${makeSafe(name, { maxLength: 40 })}, which is no setting (they are ${known})`,
      );
    }
  }
  const all: BrokerSettings = { ...defaultSettings, ...settings };
  for (const [name, [holds, wanted]] of Object.entries(rules)) {
    if (!holds(all[name as keyof BrokerSettings])) {
      throw malformed(path, `has a wrong ${name}: it is ${wanted}`);
    }
  }
  return all;
}

function malformed(path: string, what: string): SettingsError {
  return new SettingsError(
    `the settings file ${path} ${what}: mend the file, or remove it to have the defaults`,
  );
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? "unknown cause");
}
