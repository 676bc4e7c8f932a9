// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../axe.ts";
import { flawsInModes } from "../modes.ts";
import { inBrowser } from "./in-browser.ts";
import { password, type Stage, startStage } from "./stage.ts";

inBrowser("the screen of the settings", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  }, 120_000);
  afterAll(() => stage.close());

  it("turns the integration off at once, and on with a password", async () => {
    const { rig } = stage;
    const program = await stage.program("deploy-cli");
    await rig.grant(program);
    const page = await stage.openAt("Settings");
    const integration = page.getByRole("switch", {
      name: "Integrate with other apps",
    });
    expect(await violations(page)).toEqual([]);
    await integration.click();
    await page.getByText(/The integration is off/).waitFor();
    expect(await integration.getAttribute("aria-checked")).toBe("false");
    expect(rig.broker.parts.integration.isOn).toBe(false);

    await integration.click();
    const field = page.getByLabel("Account password for Personal");
    await field.fill("not the password");
    await field.press("Enter");
    await page.getByText(/That password is not right/).waitFor();
    expect(rig.broker.parts.integration.isOn).toBe(false);
    await field.fill(password);
    await field.press("Enter");
    await page.getByText(/The integration is on/).waitFor();
    expect(rig.broker.parts.integration.isOn).toBe(true);
    await page.close();
  });

  it("keeps times, and where requests appear, once they are saved with a password", async () => {
    const page = await stage.openAt("Settings");
    await page.getByLabel("Access ends when idle for").selectOption("120000");
    await page.getByLabel("Lock after").selectOption("3600000");
    await page.getByLabel(/^In the browser/).check();
    const { settings } = stage.rig.broker.parts;
    expect(settings.current.inactivityMs).toBe(600_000);
    const field = page.getByLabel("Account password for Personal");
    await field.fill(password);
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await field.press("Enter");
    await page.getByText("The settings are saved.").waitFor();
    expect(settings.current).toEqual({
      integrationEnabled: true,
      inactivityMs: 120_000,
      autoLockMs: 3_600_000,
      webSurface: true,
    });
    await page.close();
  });

  it("keeps the appearance in this browser alone, and nothing else beyond the tab", async () => {
    const page = await stage.openAt("Settings");
    await page.getByLabel("Dark").check();
    const background = () =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await page.reload();
    // The page's key lives as long as its tab.
    await page.locator("#content").waitFor();
    expect(await background()).toBe(dark);
    const kept = await page.evaluate(() => ({ ...window.localStorage }));
    expect(kept).toEqual({ "assent-theme": "dark" });
    await page.close();
  });

  it("leaves nothing on the console", () => {
    expect(stage.complaints).toEqual([]);
  });
});
