// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../axe.ts";
import { flawsInModes } from "../modes.ts";
import { inBrowser } from "./in-browser.ts";
import { password, type Stage, startStage } from "./stage.ts";

inBrowser("the screen of the activity", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  }, 120_000);
  afterAll(() => stage.close());

  const signIn = async (page: Page, typed = password) => {
    const field = page.getByLabel("Account password for Personal");
    await field.fill(typed);
    await field.press("Enter");
  };
  const lock = () => stage.rig.owner.owner("AccountService/LockAccount", {});

  it("of a locked account opens by its password and unlocks nothing; a wrong one is told", async () => {
    await lock();
    const page = await stage.openAt("Activity");
    await page.getByText(/unlocks nothing/).waitFor();
    expect(await violations(page)).toEqual([]);
    await signIn(page, "not the password");
    await page
      .getByRole("alert")
      .getByText(/That password is not right/)
      .waitFor();
    await signIn(page);
    await page.getByText("Personal was created.").waitFor();
    expect(stage.rig.broker.parts.accounts.find("Personal")?.locked).toBe(true);
    await page.close();
  });

  it("tells what happens while it happens, narrowed as one likes", async () => {
    const { rig } = stage;
    const helper = await stage.program("helper");
    const calling = helper.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    if (prompt !== undefined) await rig.deny(prompt);
    await calling;
    await rig.grant(await stage.program("deploy-cli"));
    const page = await stage.openAt("Activity");
    await page
      .getByText("You let deploy-cli use Personal (password).")
      .waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await rig.vault("Personal", "Live");
    await page.getByText("You created or changed a vault (Live).").waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await page.getByLabel("Outcome").selectOption({ label: "Denied" });
    await page.getByText(/^1 of \d+ entries$/).waitFor();
    await page.getByLabel("Program").selectOption({ label: "deploy-cli" });
    await page.getByText("Nothing matches").waitFor();
    await page.getByRole("button", { name: "Show everything" }).click();
    await page
      .getByText("You let deploy-cli use Personal (password).")
      .waitFor();
    await page.close();
  });

  it("is saved as a file that is made in the page", async () => {
    const page = await stage.openAt("Activity");
    await page.getByText("Personal was created.").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: /As JSON/ }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^assent-activity-.*\.jsonl$/);
    const lines = readFileSync(await file.path(), "utf8")
      .trim()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line).event.kind)).toContain(
      "account-created",
    );
    await page.close();
  });

  it("is gone from the page at once when the account locks", async () => {
    const page = await stage.openAt("Activity");
    await page.getByText("Personal was created.").waitFor();
    await lock();
    await page.getByText(/You were signed out here/).waitFor();
    expect(await page.content()).not.toContain("Personal was created.");
    await page.close();
  });

  it("of the broker itself opens by the password of an account", async () => {
    const page = await stage.openAt("Activity");
    await page.getByLabel("Account", { exact: true }).selectOption("");
    await signIn(page);
    await page.getByText(/The integration was turned on/).waitFor();
    await page.close();
  });

  it("leaves nothing on the console", () => {
    expect(stage.complaints).toEqual([]);
  });
});
