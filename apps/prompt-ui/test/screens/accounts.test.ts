// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../axe.ts";
import { flawsInModes } from "../modes.ts";
import { inBrowser } from "./in-browser.ts";
import { password, type Stage, startStage } from "./stage.ts";

const other = "another long password";

inBrowser("the screen of the accounts", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
    await stage.rig.account("Work");
  }, 120_000);
  afterAll(() => stage.close());

  const give = async (page: Page, label: string, typed = password) => {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(typed);
    await field.press("Enter");
  };
  const find = (name: string) => stage.rig.broker.parts.accounts.find(name);
  const manage = async (name: string) => {
    const page = await stage.openAt("Accounts");
    await page.getByRole("link", { name: `Manage: ${name}` }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    return page;
  };

  it("unlocks with the password and locks without", async () => {
    const page = await stage.openAt("Accounts");
    await page.getByRole("button", { name: "Unlock: Work" }).click();
    await give(page, "Account password for Work", "wrong password");
    await page.getByText(/That password is not right/).waitFor();
    await give(page, "Account password for Work");
    await page.getByText(/Work is unlocked/).waitFor();
    expect(find("Work")?.locked).toBe(false);
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await page.getByRole("button", { name: "Lock: Work" }).click();
    await page.getByText("Work is locked.").waitFor();
    expect(find("Work")?.locked).toBe(true);
    await page.close();
  });

  it("makes a further account with the password of one that is there, and tells why a name is refused (T41)", async () => {
    const page = await stage.openAt("Accounts");
    await page.getByRole("button", { name: "Add an account" }).click();
    const fill = async (name: string) => {
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByLabel("New password", { exact: true }).fill(other);
      await page.getByLabel("New password, once more").fill(other);
      await give(page, "Account password for Personal, which you have already");
    };
    await fill("Рersonal");
    await page.getByText("A word of a name keeps to one alphabet.").waitFor();
    await fill("PERSONAL");
    await page.getByText(/Another account has this name|looks like/).waitFor();
    await page.getByLabel("New password", { exact: true }).fill("short");
    await page
      .getByText("A password has at least 8 characters.")
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await fill("Studio");
    await page.getByText("Studio is created, and locked.").waitFor();
    expect(find("Studio")?.locked).toBe(true);
    await page.close();
  });

  it("renames, changes the password, and makes a recovery code that is on the page once and never again", async () => {
    const page = await manage("Work");
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByLabel("New name").fill("Workshop");
    await give(page, "Account password for Work");
    await page.getByText("Work is called Workshop now.").waitFor();

    await page.getByRole("button", { name: "Change password" }).first().click();
    await page.getByLabel("New password", { exact: true }).fill(other);
    await page.getByLabel("New password, once more").fill(other);
    await give(page, "Present password");
    await page.getByText("Workshop has a new password.").waitFor();

    await page
      .getByRole("button", { name: "Make a recovery code" })
      .first()
      .click();
    await give(page, "Account password for Workshop", other);
    const parts = page.locator(".recovery-code li");
    await parts.first().waitFor();
    const groups = await parts.allTextContents();
    expect(groups.join("-")).toMatch(/^(?:[0-9A-Z]{5}-){5}[0-9A-Z]$/);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "I have written it down" }).click();
    const asked = page.getByLabel(/^Part \d of 6$/);
    await asked.waitFor();
    const label = await page.locator("label", { hasText: /^Part/ }).innerText();
    const part = Number(/\d/.exec(label)?.[0]);
    expect(await page.content()).not.toContain(groups[0]);
    await asked.fill("WRONG");
    await asked.press("Enter");
    await page.getByText(/That is not what stands there/).waitFor();
    await asked.fill((groups[part - 1] ?? "").toLowerCase());
    await asked.press("Enter");
    await page.getByText(/yours alone now/).waitFor();
    for (const group of groups.slice(0, 5)) {
      expect(await page.content()).not.toContain(group);
    }
    await page.getByRole("button", { name: "Go on" }).click();

    await page.getByRole("button", { name: "Show", exact: true }).click();
    await give(page, "Account password for Workshop", other);
    await page.getByRole("button", { name: "Remove: Recovery code" }).waitFor();
    expect(await violations(page)).toEqual([]);

    expect(await flawsInModes(page)).toEqual([]);
    // What was written down opens the account.
    await page.getByRole("button", { name: "Change password" }).first().click();
    await page
      .getByRole("button", { name: /I have lost the password/ })
      .click();
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByLabel("New password, once more").fill(password);
    await give(page, "Recovery code", groups.join(" ").toLowerCase());
    await page.getByText(/The recovery code is used up/).waitFor();
    await page.close();
  });

  it("makes a backup, and puts it back with the password of its day", async () => {
    const page = await manage("Studio");
    await page.getByRole("button", { name: "Back up now" }).click();
    await give(page, "Account password for Studio", other);
    await page.getByText("Studio is copied.").waitFor();
    await page
      .getByRole("button", { name: /^Restore/ })
      .first()
      .click();
    await give(page, "Account password for Studio", other);
    await page.getByText(/Studio is restored, and locked/).waitFor();
    await page.close();
  });

  it("deletes an account once its name is typed", async () => {
    const page = await manage("Studio");
    await page.getByRole("button", { name: "Delete this account" }).click();
    const confirm = page.getByLabel(
      "Type the name of the account to delete it",
    );
    await confirm.fill("Work");
    await give(page, "Account password for Studio", other);
    await page.getByText(/That is not the name/).waitFor();
    expect(find("Studio")).toBeDefined();
    await confirm.fill("Studio");
    await give(page, "Account password for Studio", other);
    await page.getByText("Studio and all that was in it are gone.").waitFor();
    expect(find("Studio")).toBeUndefined();
    await page.close();
  });

  it("leaves nothing on the console", () => {
    expect(stage.complaints).toEqual([]);
  });
});
