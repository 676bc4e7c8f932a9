// SPDX-License-Identifier: Apache-2.0
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { hasChromium, notRun, startChromium } from "./chromium.ts";
import { flawsInModes } from "./modes.ts";
import { type StagedHost, startStagedHost } from "./staged-host.ts";
import { dangerous, ordinary, reach, type State, states } from "./states.ts";

const name = "states of the page in a real browser";

function stateOf(wanted: string): State {
  const found = states.find((state) => state.name === wanted);
  if (found === undefined) throw new Error(`no state ${wanted}`);
  return found;
}

describe.skipIf(!hasChromium(name))(`${name}; ${notRun}`, () => {
  let browser: Browser;
  let host: StagedHost;
  let page: Page;
  beforeAll(async () => {
    browser = await startChromium();
    host = await startStagedHost();
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  /** Open the page anew, in a state, as the system wishes it to look. */
  async function show(
    state: State,
    options: Parameters<Page["emulateMedia"]>[0] & {
      readonly viewport?: { readonly width: number; readonly height: number };
    } = {},
  ): Promise<void> {
    const { viewport = { width: 1280, height: 860 }, ...media } = options;
    await page.setViewportSize(viewport);
    await page.emulateMedia({
      forcedColors: null,
      reducedMotion: null,
      ...media,
    });
    await reach(state, host, page);
  }

  test.each(states)(
    "axe finds nothing wrong, nor is anything cut off, covered or mirrored that should not be: $name",
    async (state) => {
      await show(state);
      expect(await violations(page)).toEqual([]);
      expect(await flawsInModes(page)).toEqual([]);
    },
  );

  test("a card is painted, and the broker told so with the digest of what is shown (PRM-010)", async () => {
    await show(stateOf("arming"));
    await expect
      .poll(() => host.calls.map(({ name }) => name))
      .toEqual(["shown"]);
    expect(host.calls[0]?.message).toMatchObject({
      digest: expect.objectContaining({ length: 32 }),
    });
    await page.locator("h1").waitFor();
  });

  test("in a small window a long request is approved only once its end was on screen", async () => {
    const viewport = { width: 460, height: 620 };
    await show(stateOf("danger"), { viewport });
    const approve = page.locator(".approve");
    await page.getByText("Scroll to the end to approve").waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.locator(".approve:enabled").waitFor();
    expect(await page.getByText("Scroll to the end").count()).toBe(0);
  });

  test("a card that changes while a password is typed throws away the password, and arms anew (T24, T47)", async () => {
    await show(stateOf("request"), { viewport: { width: 1280, height: 1100 } });
    await page.locator(".approve:enabled").waitFor();
    const id = "the-same";
    host.show({ ...ordinary(), id });
    await page
      .getByText("stopped waiting")
      .or(page.getByText("The request ended"))
      .waitFor();
    await page.getByRole("button", { name: "Next request" }).click();
    await page.locator("input[type=password]").fill("correct horse");
    await page.locator(".approve:enabled").waitFor();
    host.show({ ...dangerous(), id });
    await page.getByText("changed while it was shown").waitFor();
    expect(await page.locator("input[type=password]").inputValue()).toBe("");
    expect(await page.locator(".approve").isDisabled()).toBe(true);
    expect(host.calls.filter(({ name }) => name === "approve")).toEqual([]);
  });

  test.each(["request", "danger", "references", "choose"])(
    "at 200 % zoom Deny is within reach: %s",
    async (wanted) => {
      // What a window of 1280 by 860 has room for at twice the size.
      const viewport = { width: 640, height: 430 };
      await show(stateOf(wanted), { viewport });
      const bar = page.locator(".answer");
      await expect(
        bar.evaluate((it) => it.getBoundingClientRect().bottom),
      ).resolves.toBeLessThanOrEqual(431);
    },
  );

  test.each(["request", "danger"])(
    "from right to left it is mirrored, and paths are not: %s",
    async (wanted) => {
      await show(stateOf(wanted));
      await page.evaluate(() => {
        document.documentElement.dir = "rtl";
      });
      const rail = await page.locator(".rail").boundingBox();
      expect(rail?.x).toBeGreaterThan(900);
      for (const path of await page.locator(".path").all()) {
        expect(
          await path.evaluate((it) => getComputedStyle(it).direction),
        ).toBe("ltr");
      }
      const denies = await page.locator(".split").boundingBox();
      const approves = await page.locator(".approve").boundingBox();
      expect(denies?.x).toBeGreaterThan(approves?.x ?? 0);
    },
  );

  test("with forced colours every control keeps an edge, and the focus is seen", async () => {
    await show(stateOf("request"), { forcedColors: "active" });
    const edges = await page.evaluate(() =>
      [...document.querySelectorAll(".card .button, .field-box")].map((it) =>
        Number.parseFloat(getComputedStyle(it).borderBlockStartWidth),
      ),
    );
    expect(edges.length).toBeGreaterThan(3);
    for (const edge of edges) expect(edge).toBeGreaterThan(0);
    await page.locator(".card .button").first().focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(
      () =>
        getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    );
    expect(outline).toBe("solid");
  });

  test("no browser is asked to keep the password, or to fill one in", async () => {
    await show(stateOf("request"));
    const field = page.locator("input[type=password]");
    // Browsers heed "off" no more; this one they do, and offer nothing.
    expect(await field.getAttribute("autocomplete")).toBe("one-time-code");
  });

  test("with reduced motion nothing moves", async () => {
    await show(stateOf("arming"), { reducedMotion: "reduce" });
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  test("every control of a card is large enough for a finger", async () => {
    await show(stateOf("request"));
    const small = await page.evaluate(() =>
      [...document.querySelectorAll(".card button, .card input")]
        .map((it) => it.closest(".field-box") ?? it)
        .map((it) => it.getBoundingClientRect())
        .filter(({ height }) => height < 43.5)
        .map(({ width, height }) => [width, height]),
    );
    expect(small).toEqual([]);
  });

  test("a code that is right opens the page; a wrong one says what is left, and keeps the focus", async () => {
    await show(stateOf("code"));
    host.stage.code = (code) =>
      code === "ABCD-EFGH" ? { key: "key" } : { error: "wrong", triesLeft: 4 };
    const field = page.getByRole("textbox", { name: "One-time code" });
    await field.fill("nonsense");
    await field.press("Enter");
    await page.getByText("4 tries left").waitFor();
    expect(await field.inputValue()).toBe("");
    expect(await field.evaluate((it) => it === document.activeElement)).toBe(
      true,
    );
    await field.fill("ABCD-EFGH");
    await field.press("Enter");
    await page.getByText("Nothing is waiting").waitFor();
  });

  test("a page that is to leave tells so, and is about:blank in the same step (T54)", async () => {
    await show(stateOf("request"));
    host.leave("leave");
    await page.waitForURL("about:blank");
  });

  test("a request brings the user to where it is answered, unless he is typing", async () => {
    await show(stateOf("empty"));
    await page.goto(`${host.origin}/#/settings`);
    await page.locator("h1", { hasText: "Settings" }).waitFor();
    host.show(ordinary());
    await page.getByRole("heading", { name: /Allow deploy-cli/ }).waitFor();
    host.show();
    await page.getByRole("button", { name: "Done" }).click();
    await page.goto(`${host.origin}/#/settings`);
    await page.locator("h1", { hasText: "Settings" }).waitFor();
    await page.evaluate(() => {
      const input = document.createElement("input");
      document.querySelector("main")?.append(input);
      input.focus();
    });
    host.show(ordinary());
    await page.getByText("1 waiting").waitFor({ state: "attached" });
    expect(new URL(page.url()).hash).toBe("#/settings");
    expect(host.calls.filter(({ name }) => name === "shown")).toHaveLength(1);
  });
});
