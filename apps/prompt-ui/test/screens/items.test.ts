// SPDX-License-Identifier: Apache-2.0
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../axe.ts";
import { flawsInModes } from "../modes.ts";
import { inBrowser } from "./in-browser.ts";
import { password, type Stage, startStage } from "./stage.ts";

const secret = "ghp_S3cret-of-the-test";

inBrowser("the screen of the items", () => {
  let stage: Stage;
  let vault: string;
  beforeAll(async () => {
    stage = await startStage();
    vault = await stage.rig.vault("Personal", "Dev");
    await stage.rig.item("Personal", vault, "GitHub", { token: secret });
    await unlock();
  }, 120_000);
  afterAll(() => stage.close());

  const credential = {
    account: "Personal",
    password: Buffer.from(password).toString("base64"),
  };
  const unlock = () =>
    stage.rig.owner.owner("AccountService/UnlockAccount", { credential });
  const lock = () => stage.rig.owner.owner("AccountService/LockAccount", {});
  const give = async (page: Page) => {
    const field = page.getByLabel("Account password for Personal");
    await field.fill(password);
    await field.press("Enter");
  };
  const openItem = async (title: string, options?: BrowserContextOptions) => {
    const page = await stage.openAt("Items", options);
    await page.getByRole("link", { name: new RegExp(title) }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    return page;
  };
  /** What the broker holds of an item, field by field. */
  const stored = async (title: string) => {
    const { itemOverviews } = await stage.rig.operate("Personal", {
      listItems: { vault: "Dev" },
    });
    const { id } = itemOverviews.items.find(
      (item: { title: string }) => item.title === title,
    );
    const { itemOutcomes } = await stage.rig.operate("Personal", {
      getItems: { vault: "Dev", itemIds: [id] },
    });
    const { fields = [] } = itemOutcomes.outcomes[0].item;
    return fields.map(({ title, value = "" }: Record<string, string>) => [
      title,
      Buffer.from(value, "base64").toString(),
    ]);
  };

  it("shows values only after the password for this view, and hides them when the window is left", async () => {
    const page = await openItem("GitHub");
    expect(await page.content()).not.toContain(secret);
    expect(await violations(page)).toEqual([]);
    const show = async () => {
      await give(page);
      await page.getByText("assent://Dev/GitHub/token").waitFor();
      expect(await page.content()).not.toContain(secret);
      await page.getByRole("button", { name: "Show: token" }).click();
      await page.getByText(secret).waitFor();
    };
    await show();
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await page.getByRole("button", { name: "Hide now" }).click();
    await page.getByText(secret).waitFor({ state: "detached" });
    await show();
    await page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await page.getByText(secret).waitFor({ state: "detached" });
    await page.getByLabel("Account password for Personal").waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.close();
  });

  it("hides them after 30 seconds", async () => {
    const page = await openItem("GitHub", {});
    await page.clock.install();
    await give(page);
    await page.getByRole("button", { name: "Show: token" }).click();
    await page.getByText(secret).waitFor();
    await page.clock.runFor(29_000);
    await page.getByText(secret).waitFor();
    await page.clock.runFor(2_000);
    await page.getByText(secret).waitFor({ state: "detached" });
    await page.close();
  });

  it("hides them, and asks for the password again, when the account locks", async () => {
    const page = await openItem("GitHub");
    await give(page);
    await page.getByRole("button", { name: "Show: token" }).click();
    await page.getByText(secret).waitFor();
    await lock();
    await page.getByText(/You were signed out here/).waitFor();
    const content = await page.content();
    expect(content).not.toContain(secret);
    expect(content).not.toContain("GitHub");
    await page.getByLabel("Account password for Personal").fill(password);
    await page.getByRole("button", { name: "Unlock and sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "GitHub" }).waitFor();
    await page.close();
  });

  it("copies a value and a reference, and clears the clipboard", async () => {
    const page = await openItem("GitHub");
    await give(page);
    await page.getByRole("button", { name: "Copy: token" }).click();
    await page.getByText(/It stays on the clipboard/).waitFor();
    await page.getByRole("button", { name: "Clear the clipboard" }).click();
    await page.getByText("The clipboard is cleared.").waitFor();
    await page.getByRole("button", { name: "Copy reference: token" }).click();
    await page.getByText(/The reference is copied/).waitFor();
    await page.getByRole("link", { name: "Dev" }).click();
    const search = page.getByLabel("Search titles, tags and addresses");
    await search.focus();
    await page.keyboard.press("Control+V");
    expect(await search.inputValue()).toBe("assent://Dev/GitHub/token");
    await page.getByText("No item matches").waitFor();
    await page.close();
  });

  it("clears a copied value after 30 seconds, unless the window was left: then something else may be there", async () => {
    const page = await openItem("GitHub", {});
    await page.clock.install();
    // The page itself may not look.
    const beside = await page.context().newPage();
    await beside.setContent("<textarea>");
    await page.bringToFront();
    const held = async () => {
      await beside.locator("textarea").fill("");
      await beside.locator("textarea").press("Control+V");
      return beside.locator("textarea").inputValue();
    };
    const copy = async () => {
      await give(page);
      await page.clock.runFor(1_000);
      await page.getByRole("button", { name: "Copy: token" }).click();
      await page.getByText(/It stays on the clipboard/).waitFor();
      expect(await held()).toBe(secret);
    };
    await copy();
    await page.clock.runFor(31_000);
    await page.getByText("The clipboard is cleared.").waitFor();
    expect(await held()).toBe("");
    await copy();
    await page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await page.clock.runFor(31_000);
    expect(await held()).toBe(secret);
    await beside.close();
    await page.close();
  });

  it("asks for the password again once nobody touched the page for ten minutes", async () => {
    const page = await openItem("GitHub", {});
    await page.clock.install();
    await page.clock.runFor(590_000);
    await page.getByRole("heading", { level: 1, name: "GitHub" }).waitFor();
    await page.clock.runFor(20_000);
    await page.getByText(/You were signed out here/).waitFor();
    expect(await page.content()).not.toContain("GitHub");
    await page.close();
  });

  it("is not left for a request while something is written; the number says that one waits", async () => {
    const { rig } = stage;
    const page = await stage.openAt("Items");
    await page.getByRole("link", { name: /^Dev/ }).click();
    await page.getByRole("link", { name: "Add an item" }).click();
    await page.getByLabel("Title").fill("Half written");
    // Nothing has the focus that is typed into.
    await page.getByRole("button", { name: "Add a field" }).focus();
    const program = await stage.program("deploy-cli");
    const calling = program.broker("Authorize", { account: "Personal" });
    await page.getByText("1 waiting").waitFor({ state: "attached" });
    expect(await page.getByLabel("Title").inputValue()).toBe("Half written");
    const [prompt] = await rig.pending();
    if (prompt !== undefined) await rig.deny(prompt);
    await calling;
    await page.close();
  });

  it("makes a vault and an item with a generated password, and changes it without showing the rest", async () => {
    const page = await stage.openAt("Items");
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await page.getByRole("button", { name: "Add a vault" }).click();
    await page.getByLabel("Name of the vault").fill("Ops");
    await give(page);
    await page.getByText("The vault Ops is created.").waitFor();
    await page.getByRole("link", { name: /^Dev/ }).click();
    await page.getByRole("link", { name: "Add an item" }).click();
    await page.getByLabel("Title").fill("Bank");
    const username = page.getByRole("group", { name: "Field: username" });
    await username.getByLabel("Value").fill("ada");
    const secretField = page.getByRole("group", { name: "Field: password" });
    await secretField.getByRole("button", { name: "Generate" }).click();
    await secretField.getByRole("button", { name: "Fill it in" }).click();
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);
    await give(page);
    await page.getByText("Bank is stored in Dev.").waitFor();
    const [user, generated] = await stored("Bank");
    expect(user).toEqual(["username", "ada"]);
    expect(generated[1]).toMatch(/^[!-~]{24}$/);

    await page.getByRole("link", { name: /Bank/ }).click();
    await page.getByRole("button", { name: "Edit" }).click();
    await give(page);
    await page
      .getByRole("group", { name: "Field: username" })
      .getByLabel("Value")
      .fill("grace");
    expect(await page.content()).not.toContain(generated[1]);
    await give(page);
    await page.getByText("Bank is changed.").waitFor();
    expect(await stored("Bank")).toEqual([["username", "grace"], generated]);
    await page.close();
  });

  it("archives and deletes items, and deletes a vault once its name is typed", async () => {
    const page = await openItem("Bank");
    await page.getByRole("button", { name: "Archive" }).first().click();
    await give(page);
    await page.getByText("Bank is archived.").waitFor();
    await page.getByLabel("Archived ones as well").check();
    await page.getByRole("link", { name: /Bank/ }).click();
    await page.getByRole("button", { name: "Delete" }).first().click();
    await give(page);
    await page.getByText("Bank is gone.").waitFor();
    await page.getByRole("link", { name: /^Ops/ }).click();
    await page.getByRole("heading", { name: /^Ops/ }).waitFor();
    await page.getByRole("button", { name: "More of this vault" }).click();
    await page.getByRole("menuitem", { name: "Delete this vault" }).click();
    await page.getByLabel("Name of the vault").fill("Ops");
    await give(page);
    await page.getByText("The vault Ops and its 0 items are gone.").waitFor();
    await page.close();
  });

  it("keeps no secret in the address, the title, the storage or the console", async () => {
    const page = await openItem("GitHub");
    await give(page);
    await page.getByRole("button", { name: "Show: token" }).click();
    await page.getByText(secret).waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([
        location.href,
        document.title,
        { ...localStorage },
        { ...sessionStorage },
        history.length,
      ]),
    );
    for (const hidden of [secret, password]) {
      expect(kept).not.toContain(hidden);
      expect(stage.complaints.join("\n")).not.toContain(hidden);
    }
    await page.close();
    expect(stage.complaints).toEqual([]);
  });
});
