// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
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
 * opened has not always done so; only a page that came counts.
 */
export function createWindows(options: WindowsOptions): Windows {
  const { desktop, directory, createBootstrap, nextPage, time } = options;
  const closing = new AbortController();
  const profiles: string[] = [];
  const ends: Promise<void>[] = [];
  const comes = async (launch: () => void) => {
    const tooLate = new AbortController();
    const cancel = time.after(pageComesMs, () => tooLate.abort());
    const page = nextPage(AbortSignal.any([tooLate.signal, closing.signal]));
    launch();
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
    const page = pathToFileURL(createBootstrap()).href;
    const command = [
      browser,
      `--user-data-dir=${profile}`,
      `--app=${page}`,
      ...windowFlags,
    ];
    ends.push(desktop.start(command, closing.signal));
  };
  const openBrowser = () => {
    const file = createBootstrap();
    const system = desktop.find(["/usr/bin/xdg-open"]);
    if (system !== undefined) void desktop.start([system, file]);
    // It brings an xdg-open of its own. That it resolves says nothing.
    else void open(file).catch(() => {});
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

const windowFlags = [
  "--window-size=460,780",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-extensions",
  "--disable-sync",
];
