// SPDX-License-Identifier: Apache-2.0
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createManualTime } from "../test/manual-time.ts";
import type { Desktop } from "./desktop.ts";
import { createSignal } from "./signal.ts";
import { createWindows, pageComesMs } from "./window.ts";

const directories: string[] = [];
afterEach(() => {
  for (const one of directories.splice(0)) rmSync(one, { recursive: true });
});

/** A desktop on which these programs are, and that writes down what is started. */
function desktopWith(programs: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), "assent-window-"));
  directories.push(directory);
  const started: (readonly string[])[] = [];
  const ended: string[] = [];
  const failing = new Set<string>();
  const time = createManualTime();
  const page = createSignal();
  let onStart = () => {};
  const desktop: Desktop = {
    find: (paths) => paths.find((path) => programs.includes(path)),
    start(command, signal) {
      started.push(command);
      onStart();
      if (failing.has(command[0] ?? "")) return Promise.resolve(true);
      return new Promise((resolve) =>
        signal?.addEventListener("abort", () => {
          ended.push(command[0] ?? "");
          resolve(false);
        }),
      );
    },
  };
  const windows = createWindows({
    desktop,
    directory,
    createBootstrap: () => join(directory, "open-x.html"),
    nextPage: page.next,
    time,
  });
  return {
    directory,
    started,
    ended,
    failing,
    time,
    page,
    windows,
    onStart: (then: () => void) => {
      onStart = then;
    },
  };
}

it("opens a Chromium window with a profile of its own, which goes with it", async () => {
  const place = desktopWith(["/usr/bin/google-chrome", "/usr/bin/xdg-open"]);
  place.onStart(place.page.give);
  expect(await place.windows.open()).toBe("window");
  const [[program, ...args] = []] = place.started;
  expect(program).toBe("/usr/bin/google-chrome");
  const profile = args.find((arg) => arg.startsWith("--user-data-dir="));
  const path = profile?.split("=")[1] ?? "";
  expect(path.startsWith(`${place.directory}/window-`)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(args).toContain("--disable-extensions");
  // The password is the broker's to know, and nobody offers to keep it.
  const settings = readFileSync(join(path, "Default", "Preferences"), "utf8");
  expect(JSON.parse(settings)).toMatchObject({
    credentials_enable_service: false,
    profile: { password_manager_enabled: false },
  });
  expect(args).toContain(`--app=file://${place.directory}/open-x.html`);
  await place.windows.close();
  expect(place.ended).toEqual(["/usr/bin/google-chrome"]);
  expect(readdirSync(place.directory)).toEqual([]);
});

it("tries the user's browser when no page came, and says so when none came there", async () => {
  const place = desktopWith(["/usr/bin/chromium", "/usr/bin/xdg-open"]);
  const late = () => queueMicrotask(() => place.time.advance(pageComesMs));
  place.onStart(late);
  expect(await place.windows.open()).toBeUndefined();
  expect(place.started.map(([program]) => program)).toEqual([
    "/usr/bin/chromium",
    "/usr/bin/xdg-open",
  ]);
  place.onStart(() =>
    place.started.length === 4 ? place.page.give() : late(),
  );
  expect(await place.windows.open()).toBe("browser");
  await place.windows.close();
});

it("does not wait for a browser that failed", async () => {
  const place = desktopWith(["/usr/bin/chromium", "/usr/bin/xdg-open"]);
  place.failing.add("/usr/bin/chromium").add("/usr/bin/xdg-open");
  // Time stands still.
  expect(await place.windows.open()).toBeUndefined();
  expect(place.started.map(([program]) => program)).toEqual([
    "/usr/bin/chromium",
    "/usr/bin/xdg-open",
  ]);
  await place.windows.close();
});
