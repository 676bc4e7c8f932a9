// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "../axe.ts";
import { flawsInModes } from "../modes.ts";
import { inBrowser } from "./in-browser.ts";
import { password, type Stage, startStage } from "./stage.ts";

inBrowser("the screen of active access", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  }, 120_000);
  afterAll(() => stage.close());

  it("shows who can use what and until when, and ends it at once", async () => {
    const { rig } = stage;
    const deploy = await stage.program("deploy-cli");
    const backup = await stage.program("backup");
    await rig.grant(deploy);
    await rig.grant(backup);
    const page = await stage.openAt("Active access");
    const row = page.locator(".row", { hasText: "deploy-cli" });
    await row.getByText("Read every item in Personal").waitFor();
    await row.getByText(`process ${deploy.pid}`).waitFor();
    rig.time.advance(120_000);
    await row.getByText(/^Ends in [78]:\d\d$/).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await flawsInModes(page)).toEqual([]);

    await page.getByRole("button", { name: "Revoke: deploy-cli" }).click();
    await row.waitFor({ state: "detached" });
    const status = page.getByRole("status").filter({ hasText: "cannot use" });
    await status.waitFor();
    const after = await rig.resolve(deploy, "Personal", "assent://Dev/a/b");
    expect(after.reason).toBe("SESSION_REVOKED");
    // The focus did not go with the button.
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");

    await page.getByRole("button", { name: "Revoke all: Personal" }).click();
    await page.getByText("All access to Personal has ended.").waitFor();
    await page.getByText("No program has access").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it("locks an account without asking, and follows what locks elsewhere", async () => {
    const { rig } = stage;
    const program = await stage.program("deploy-cli");
    await rig.grant(program);
    const page = await stage.openAt("Active access");
    await page.getByRole("button", { name: "Lock: Personal" }).click();
    await page.getByText("Personal is locked.").waitFor();
    await page.getByText("No program has access").waitFor();
    expect(rig.broker.parts.accounts.find("Personal")?.locked).toBe(true);

    await page.close();

    await rig.grant(program);
    const next = await stage.openAt("Active access");
    const group = next.getByRole("heading", { name: /Personal/ });
    await group.waitFor();
    await rig.owner.owner("AccountService/LockAccount", {});
    await group.waitFor({ state: "detached" });
    await next.close();
  });

  it("names vaults where the password was given on this page", async () => {
    const { rig } = stage;
    const credential = {
      account: "Personal",
      password: Buffer.from(password).toString("base64"),
    };
    await rig.owner.owner("AccountService/UnlockAccount", { credential });
    await rig.vault("Personal", "Servers");
    await rig.grant(await stage.program("backup"), {
      account: "Personal",
      scope: { access: "ACCESS_READ", vaults: { vaults: ["Servers"] } },
    });
    const page = await stage.openAt("Active access");
    const row = page.locator(".row", { hasText: "backup" });
    await row.getByText("Servers", { exact: true }).waitFor();
    await page.close();
  });

  it("lists muted programs, with a way to let them ask again", async () => {
    const { rig } = stage;
    const program = await stage.program("noisy");
    const calling = program.broker("Authorize", { account: "Personal" });
    const [prompt] = await rig.pending();
    await rig.owner.owner("PromptService/Deny", {
      promptId: prompt?.id,
      mute: "3600s",
    });
    expect((await calling).reason).toBe("PROMPT_DENIED");
    const page = await stage.openAt("Active access");
    await page.getByText("For another").waitFor();
    await page.getByRole("button", { name: /^Let it ask again/ }).click();
    await page.getByText("It may ask again.").waitFor();
    await page.getByText("For another").waitFor({ state: "detached" });
    const { body } = await rig.owner.owner("PromptService/ListMutes");
    expect(body.mutes ?? []).toEqual([]);
    await page.close();
  });

  it("leaves nothing on the console", () => {
    expect(stage.complaints).toEqual([]);
  });
});
