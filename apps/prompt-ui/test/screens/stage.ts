// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
} from "playwright-core";
import type { Caller } from "../../../../packages/broker/test/caller.ts";
import {
  password,
  type Rig,
  startRig,
} from "../../../../packages/broker/test/rig.ts";
import { keepProcess, startChromium } from "../chromium.ts";

export { password };

/** A real broker, the real host in front of it, and a real browser. */
export interface Stage {
  readonly rig: Rig;
  readonly origin: string;
  /** A page in a window of its own, not signed in; with options it shares nothing with others, its clock neither. What the browser complained of is in `complaints`. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** The same, with the password of the first account given and a screen open. */
  openAt(screen: string, options?: BrowserContextOptions): Promise<Page>;
  /** A program of this name, whose executable is a file of this name. */
  program(name: string): Promise<Caller>;
  /** What browsers said on their consoles, and what went wrong in pages. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Start it; `bare` without an account. */
export async function startStage(bare = false): Promise<Stage> {
  const rig = await startRig({ bare });
  rig.time.setWall(Date.now());
  const directory = mkdtempSync(join(tmpdir(), "assent-stage-"));
  const host = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("host-process.ts", import.meta.url)),
      rig.places.ownerSocket,
      directory,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(host, "exit");
  const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  const origin = await line();
  const bootstrap = () => {
    host.stdin.write("\n");
    return line();
  };
  const browser: Browser = await startChromium();
  const newContext = async (options: BrowserContextOptions) => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      colorScheme: "light",
      ...options,
    });
    await context.grantPermissions(["clipboard-read", "clipboard-write"], {
      origin,
    });
    return context;
  };
  let shared: Promise<BrowserContext> | undefined;
  const complaints: string[] = [];
  const open = async (options?: BrowserContextOptions) => {
    shared ??= newContext({}).then((made) => keepProcess(made, origin));
    const context = await (options === undefined
      ? shared
      : newContext(options));
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("console", (message) => {
      // A call that was refused is told in the page.
      const isRefusal = message.text().startsWith("Failed to load resource");
      if (["error", "warning"].includes(message.type()) && !isRefusal) {
        complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(pathToFileURL(await bootstrap()).href);
    await page.waitForURL(`${origin}/`);
    return page;
  };
  return {
    rig,
    origin,
    open,
    complaints,
    async openAt(screen, options) {
      const page = await open(options);
      await giveFirstPassword(page);
      await goTo(page, screen);
      return page;
    },
    async program(name) {
      const folder = join(directory, "bin");
      mkdirSync(folder, { recursive: true });
      const file = join(folder, name);
      if (!existsSync(file)) linkSync(process.execPath, file);
      return rig.caller({ file });
    },
    async close() {
      await browser.close();
      host.stdin.end();
      await ended;
      await rig.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Sign in on the page that asks for it before anything else. */
export async function giveFirstPassword(page: Page): Promise<void> {
  const field = page.getByLabel(/^Account password/);
  await field.fill(password);
  await field.press("Enter");
  await page.locator("#content").waitFor();
}

/** Go to a screen by its link, which is in a menu where it is narrow. */
export async function goTo(page: Page, screen: string): Promise<void> {
  const link = page.getByRole("link", { name: screen, exact: true });
  if (!(await link.isVisible())) {
    await page.getByRole("button", { name: "Menu" }).click();
  }
  await link.click();
  await page.getByRole("heading", { level: 1, name: screen }).waitFor();
}
