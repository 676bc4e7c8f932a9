// SPDX-License-Identifier: Apache-2.0
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import {
  type Caller,
  startCaller,
} from "../../../packages/broker/test/caller.ts";
import { keepProcess, startChromium } from "./chromium.ts";
import { type HostRig, startHostRig } from "./host-rig.ts";
import {
  prepareProgram,
  type RealBroker,
  startRealBroker,
} from "./real-broker.ts";

/** A real browser, on a real host, in front of a real broker. */
export interface BrowserRig {
  readonly broker: RealBroker;
  readonly host: HostRig;
  /** A tab that came in by a bootstrap file, as the user's would; `alone` it shares no clock with the others. */
  tab(alone?: "alone"): Promise<Page>;
  /** A process that may ask; it is ended with the rig. */
  caller(file?: string): Promise<Caller>;
  /** What the console of any tab said that it should not. */
  readonly complaints: readonly string[];
  /** Close the tabs and end the callers: the next test begins anew. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Start all three. */
export async function startBrowserRig(): Promise<BrowserRig> {
  const broker = await startRealBroker();
  await prepareProgram(broker);
  const host = await startHostRig(broker, "shared");
  const browser: Browser = await startChromium();
  const options = { viewport: { width: 1280, height: 1100 } };
  const shared = await keepProcess(
    await browser.newContext(options),
    host.host.origin,
  );
  const opened = new Set<{ close(): Promise<void> }>();
  const callers = new Set<Caller>();
  const complaints: string[] = [];
  const clear = async () => {
    for (const one of opened) await one.close();
    opened.clear();
    await shared.clearCookies();
    for (const caller of callers) await caller.kill();
    callers.clear();
  };
  return {
    broker,
    host,
    complaints,
    clear,
    async tab(alone) {
      const context =
        alone === undefined ? shared : await browser.newContext(options);
      const page = await context.newPage();
      opened.add(context === shared ? page : context);
      page.setDefaultTimeout(45_000);
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          complaints.push(message.text());
        }
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(pathToFileURL(host.host.createBootstrap()).href);
      await page.waitForURL(`${host.host.origin}/**`);
      await page.locator("h1").waitFor();
      return page;
    },
    async caller(file) {
      const caller = await startCaller({
        brokerSocket: `${broker.directory}/broker.sock`,
        ownerSocket: broker.ownerSocket,
        ...(file === undefined ? {} : { file }),
      });
      callers.add(caller);
      return caller;
    },
    async close() {
      await clear();
      await browser.close();
      await host.close();
      await broker.close();
    },
  };
}
