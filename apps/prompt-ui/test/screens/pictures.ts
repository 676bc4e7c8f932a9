// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import { goTo, password, type Stage, startStage } from "./stage.ts";

/** The pictures that there are, in the order they are taken. */
export const pictureNames: readonly string[] = [
  "access",
  "settings",
  "settings-changed",
  "access-empty",
  "items-sign-in",
  "first-create",
  "first-recovery",
  "first-confirm",
  "activity",
  "accounts",
  "account",
  "items",
  "item",
  "item-new",
];

/** Takes a picture of a page as it is, under a name. */
export type Camera = (name: string, page: Page) => Promise<void>;

/** Lead through every screen, in front of a real broker, and take a picture of each state. */
export async function takePictures(camera: Camera): Promise<void> {
  await ofNewcomer(camera);
  const stage = await startStage();
  await furnish(stage);
  const page = await stage.openAt("Active access");
  await page.getByText("deploy-cli").first().waitFor();
  await camera("access", page);
  await ofActivity(camera, page);
  await ofAccounts(camera, page);
  await ofItems(camera, page);
  await goTo(page, "Settings");
  await page.getByText("Lock after").waitFor();
  await camera("settings", page);
  await page.getByLabel("Access ends when idle for").selectOption("120000");
  await page.getByText("Changes are not saved yet").waitFor();
  await camera("settings-changed", page);
  await stage.rig.owner.owner("AccountService/LockAccount", {});
  await goTo(page, "Active access");
  await page.getByText("No program has access").waitFor();
  await camera("access-empty", page);
  await goTo(page, "Items");
  await page.getByLabel(/^Account password/).waitFor();
  await camera("items-sign-in", page);
  await stage.close();
}

async function furnish({ rig, program }: Stage): Promise<void> {
  await rig.account("Work");
  const dev = await rig.vault("Personal", "Dev");
  await rig.vault("Personal", "Home");
  const fields = { user: "ada", token: "ghp_not-a-real-one" };
  await rig.item("Personal", dev, "GitHub", fields);
  await rig.item("Personal", dev, "Grafana", { password: "x" });
  await rig.item("Personal", dev, "Staging database", { password: "x" });
  await rig.grant(await program("deploy-cli"));
  await rig.grant(await program("backup"), {
    account: "Personal",
    scope: { access: "ACCESS_READ_WRITE", vaults: { vaults: ["Dev"] } },
  });
  // Last: to the broker they are all the same file.
  const noisy = await program("helper");
  const calling = noisy.broker("Authorize", { account: "Personal" });
  const [prompt] = await rig.pending();
  await rig.owner.owner("PromptService/Deny", {
    promptId: prompt?.id,
    mute: "3600s",
  });
  await calling;
}

const give = async (page: Page, label: string | RegExp) => {
  const field = page.getByLabel(label);
  await field.fill(password);
  await field.press("Enter");
};

async function ofNewcomer(camera: Camera): Promise<void> {
  const stage = await startStage(true);
  const page = await stage.open();
  await page.getByLabel("Name").waitFor();
  await camera("first-create", page);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await give(page, "New password, once more");
  await give(page, /^Account password/);
  await page.locator(".recovery-code li").first().waitFor();
  await camera("first-recovery", page);
  await page.getByRole("button", { name: "I have written it down" }).click();
  await page.getByLabel(/^Part/).waitFor();
  await camera("first-confirm", page);
  await stage.close();
}

async function ofActivity(camera: Camera, page: Page): Promise<void> {
  await goTo(page, "Activity");
  await page.getByText("You let deploy-cli use").waitFor();
  await camera("activity", page);
}

async function ofAccounts(camera: Camera, page: Page): Promise<void> {
  await goTo(page, "Accounts");
  await page.getByRole("button", { name: "Unlock: Work" }).click();
  await page.getByLabel("Account password for Work").waitFor();
  await camera("accounts", page);
  await page.getByRole("link", { name: "Manage: Personal" }).click();
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByLabel("New password", { exact: true }).fill("eleven chars");
  await camera("account", page);
}

async function ofItems(camera: Camera, page: Page): Promise<void> {
  await goTo(page, "Items");
  await page.getByRole("link", { name: /GitHub/ }).waitFor();
  await camera("items", page);
  await page.getByRole("link", { name: /GitHub/ }).click();
  await give(page, /^Account password/);
  await page.getByRole("button", { name: "Show: token" }).click();
  await camera("item", page);
  await page.getByRole("link", { name: "Dev" }).click();
  await page.getByRole("link", { name: "Add an item" }).click();
  const field = page.getByRole("group", { name: "Field: password" });
  await field.getByRole("button", { name: "Generate" }).click();
  await camera("item-new", page);
}
