// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../axe.ts";
import { flawsInModes } from "../modes.ts";
import { inBrowser } from "./in-browser.ts";
import { password, type Stage, startStage } from "./stage.ts";

/** Tab until what has the focus is named so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement | null;
      const labels = (at as HTMLInputElement | null)?.labels;
      return (
        labels?.[0]?.textContent ??
        at?.getAttribute("aria-label") ??
        at?.textContent ??
        ""
      );
    });
    if (name.test(found)) return;
  }
  throw new Error(`nothing named ${name} takes the focus`);
}

inBrowser("somebody who is new", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(true);
  }, 120_000);
  afterAll(() => stage.close());

  it("comes from nothing to a first request on the page alone, by the keyboard alone", async () => {
    const { rig } = stage;
    const page = await stage.open();
    await page.getByRole("heading", { name: "Welcome to Assent" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    const type = async (label: RegExp, text: string) => {
      await tabTo(page, label);
      await page.keyboard.press("Control+A");
      await page.keyboard.type(text);
    };
    await type(/^Name/, "Personal");
    await type(/^Password/, password);
    await type(/^New password, once more/, password);
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: "Keep a way back in" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await type(/^Account password for Personal/, password);
    await page.keyboard.press("Enter");
    const parts = page.locator(".recovery-code li");
    await parts.first().waitFor();
    const groups = await parts.allTextContents();
    await tabTo(page, /I have written it down/);
    await page.keyboard.press("Enter");
    const asked = await page
      .locator("label", { hasText: /^Part/ })
      .textContent();
    const part = Number(/\d/.exec(asked ?? "")?.[0]);
    await page.keyboard.type(groups[part - 1] ?? "");
    await page.keyboard.press("Enter");
    await page.getByText(/yours alone now/).waitFor();
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: "Let programs ask" }).waitFor();
    await type(/^Account password for Personal/, password);
    await page.keyboard.press("Enter");
    await page
      .getByRole("heading", { name: "Waiting for a first request" })
      .waitFor();
    expect(rig.broker.parts.integration.isOn).toBe(true);
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await tabTo(page, /Go to requests/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Nothing is waiting" }).waitFor();

    const program = await stage.program("deploy-cli");
    const calling = program.broker("Authorize", { account: "Personal" });
    await page
      .getByRole("heading", { name: /Allow deploy-cli to use/ })
      .waitFor();
    const [prompt] = await rig.pending();
    if (prompt !== undefined) await rig.deny(prompt);
    await calling;
    expect(stage.complaints).toEqual([]);
    const kept = await page.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        location.href,
      ]),
    );
    for (const hidden of [password, ...groups.slice(0, 5)]) {
      expect(kept).not.toContain(hidden);
      expect(await page.content()).not.toContain(hidden);
    }
  });
});
