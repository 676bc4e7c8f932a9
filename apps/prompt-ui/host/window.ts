// SPDX-License-Identifier: Apache-2.0

import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import open from "open";
import type { Desktop } from "./desktop.ts";
import type { Time } from "./time.ts";

/** Opens pages on the desktop. */
export interface Windows {
  /** Open a page; resolves to what it came up in, or undefined when none came. */
  open(): Promise<"window" | "browser" | undefined>;
  /** Close the windows that were opened, and remove what is theirs. */
  close(): Promise<void>;
}

/** What windows depend on. */
export interface WindowsOptions {
  readonly desktop: Desktop;
  /** Where a browser of our own keeps its profile: of the user, closed to others. */
  readonly directory: string;
  /** A file that opens a page. */
  readonly createBootstrap: () => string;
  /** Resolves when the next page has come in. */
  readonly nextPage: (signal: AbortSignal) => Promise<unknown>;
  readonly time: Time;
}

/** How long a page has to come up, milliseconds; a browser may start cold. */
export const pageComesMs = 6_000;
/** How long its windows have to close, milliseconds. */
export const windowClosesMs = 500;

const chromiums = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/usr/bin/brave-browser",
  "/usr/bin/brave",
  "/usr/bin/microsoft-edge-stable",
  "/usr/bin/microsoft-edge",
  "/snap/bin/chromium",
];

/**
 * A window of a Chromium browser where there is one, else the user's browser.
 * The window has a profile of its own, which goes with it: no extension of the
 * user sees the password there, and nothing is kept. A browser that says it
 * opened has not always done so; only a page that came counts. One that failed
 * is not waited for.
 */
export function createWindows(options: WindowsOptions): Windows {
  const { desktop, directory, createBootstrap, nextPage, time } = options;
  const closing = new AbortController();
  const profiles: string[] = [];
  const ends: Promise<unknown>[] = [];
  const comes = async (launch: () => Promise<boolean>) => {
    const giveUp = new AbortController();
    const cancel = time.after(pageComesMs, () => giveUp.abort());
    const page = nextPage(AbortSignal.any([giveUp.signal, closing.signal]));
    void launch().then((hasFailed) => {
      if (hasFailed) giveUp.abort();
    });
    const isThere = await page.then(
      () => true,
      () => false,
    );
    cancel();
    return isThere;
  };
  const openWindow = (browser: string) => {
    const profile = mkdtempSync(join(directory, "window-"));
    profiles.push(profile);
    const settings = join(profile, "Default");
    mkdirSync(settings);
    writeFileSync(join(settings, "Preferences"), JSON.stringify(preferences));
    const page = pathToFileURL(createBootstrap()).href;
    const command = [
      browser,
      `--user-data-dir=${profile}`,
      `--app=${page}`,
      ...windowFlags,
    ];
    const end = desktop.start(command, closing.signal);
    ends.push(end);
    return end;
  };
  const openBrowser = async () => {
    const file = createBootstrap();
    const system = desktop.find(["/usr/bin/xdg-open"]);
    if (system !== undefined) return desktop.start([system, file]);
    try {
      // It brings an xdg-open of its own. That it resolves says nothing.
      const opener = await open(file);
      if (opener.exitCode === null) await once(opener, "exit");
      return opener.exitCode !== 0;
    } catch {
      return true;
    }
  };
  return {
    async open() {
      const browser = desktop.find(chromiums);
      if (browser !== undefined && (await comes(() => openWindow(browser)))) {
        return "window";
      }
      if (closing.signal.aborted) return;
      return (await comes(openBrowser)) ? "browser" : undefined;
    },
    async close() {
      closing.abort();
      // A browser that still writes would bring its profile back.
      await new Promise<void>((resolve) => {
        const cancel = time.after(windowClosesMs, resolve);
        void Promise.all(ends).then(() => {
          cancel();
          resolve();
        });
      });
      for (const profile of profiles.splice(0)) {
        const how = { recursive: true, force: true, maxRetries: 5 } as const;
        try {
          rmSync(profile, how);
        } catch {
          // The browser still writes; the directory goes with the login.
        }
      }
    },
  };
}

// The browser is to keep nothing that is typed there, nor offer to.
const preferences = {
  credentials_enable_service: false,
  credentials_enable_autosignin: false,
  profile: { password_manager_enabled: false },
  autofill: { profile_enabled: false, credit_card_enabled: false },
  translate: { enabled: false },
};

const windowFlags = [
  "--window-size=460,780",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-extensions",
  "--disable-sync",
];
