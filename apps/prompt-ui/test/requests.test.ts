// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Caller } from "../../../packages/broker/test/caller.ts";
import { armingMs } from "../page/src/requests/card.ts";
import { type BrowserRig, startBrowserRig } from "./browser-rig.ts";
import { hasChromium, notRun } from "./chromium.ts";
import { password } from "./real-broker.ts";

const name = "requests in a real browser";

const readAll = {
  access: "ACCESS_READ",
  everyVault: {},
};

function ask(caller: Caller, change: object = {}) {
  return caller.broker("Authorize", {
    account: "Personal",
    integration: { name: "Tester", version: "1.0" },
    scope: readAll,
    ...change,
  });
}

const approve = (page: Page) =>
  page.getByRole("button", { name: /^(?:Approve|Unlock and approve)/ });
const deny = (page: Page) =>
  page.getByRole("button", { name: "Deny", exact: true });
const field = (page: Page) => page.locator("input[type=password]");
const headline = (page: Page) => page.locator("h1");

async function enabled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector<HTMLButtonElement>(".approve:enabled") !== null,
  );
}

async function shows(page: Page, text: RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name: text }).waitFor();
}

describe.skipIf(!hasChromium(name))(`${name}; ${notRun}`, () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await startBrowserRig();
  }, 120_000);
  // What a test left waiting is nothing to the next.
  afterEach(() => rig?.clear());
  afterAll(() => rig?.close());

  test("a request is approved with the password, and the access is taken back where it was given (SES-002, PRM-010)", async () => {
    const page = await rig.tab();
    const caller = await rig.caller();
    const answer = ask(caller);
    await shows(page, /Allow node to use .*Personal/);
    expect(await page.title()).toBe("(1) Requests · Assent");
    expect(await page.locator("link[rel=icon]").getAttribute("href")).toBe(
      "/icons/waiting-1.svg",
    );
    await enabled(page);
    await field(page).fill(password);
    await approve(page).click();
    expect((await answer).status).toBe(200);
    await page.getByText("node can use Personal.").first().waitFor();
    await page.getByRole("button", { name: "Revoke" }).click();
    await page
      .getByText(/Revoked/)
      .first()
      .waitFor();
    const again = await ask(caller, { interaction: "INTERACTION_NEVER" });
    expect(again.reason).toMatch(/AUTHORIZATION_REQUIRED|SESSION_REVOKED/);
    await page.getByText("Nothing is waiting").waitFor();
    expect(await page.title()).toBe("Requests · Assent");
    expect(rig.complaints).toEqual([]);
  });

  test("a wrong password is cleared, says what is left, and keeps the focus; the fifth ends the request", async () => {
    const page = await rig.tab();
    const answer = ask(await rig.caller());
    await shows(page, /Allow node/);
    await enabled(page);
    for (const left of ["4 tries", "3 tries", "2 tries", "1 try"]) {
      await field(page).fill("wrong");
      await field(page).press("Enter");
      await page.getByText(`${left} left`).waitFor();
      expect(await field(page).inputValue()).toBe("");
      expect(
        await field(page).evaluate((it) => it === document.activeElement),
      ).toBe(true);
    }
    await field(page).fill("wrong");
    await field(page).press("Enter");
    await shows(page, /Too many wrong passwords/);
    expect(await field(page).count()).toBe(0);
    expect((await answer).reason).toBe("PROMPT_DENIED");
  });

  test("Esc denies; in a menu it closes the menu, and in the composition of a character it does nothing", async () => {
    const page = await rig.tab();
    const answer = ask(await rig.caller());
    await shows(page, /Allow node/);
    await page.getByRole("button", { name: "More ways to deny" }).click();
    await page.getByRole("menuitem").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem").waitFor({ state: "detached" });
    await page.evaluate(() => {
      const composing = { key: "Escape", isComposing: true, bubbles: true };
      const held = { key: "Escape", repeat: true, bubbles: true };
      for (const init of [composing, held]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", init));
      }
    });
    await shows(page, /Allow node/);
    await page.keyboard.press("Escape");
    await shows(page, /Denied\. Nothing was given/);
    expect((await answer).reason).toBe("PROMPT_DENIED");
  });

  test("what is typed or clicked before a card was looked at answers nothing (T22)", async () => {
    const page = await rig.tab("alone");
    // Somebody who types and clicks while the request comes.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    const answer = ask(await rig.caller());
    await shows(page, /Allow node/);
    expect(await approve(page).isDisabled()).toBe(true);
    // Nobody is asked for the password unless they go there.
    expect(
      await headline(page).evaluate((it) => it === document.activeElement),
    ).toBe(true);
    await page.keyboard.type(`${password}\n`);
    expect(await field(page).inputValue()).toBe("");
    await field(page).fill(password);
    await field(page).press("Enter");
    await approve(page).click({ force: true });
    expect(await field(page).inputValue()).toBe(password);
    // Frames and time go on by hand here.
    await page.clock.runFor(100);
    await page.clock.runFor(armingMs - 200);
    expect(await approve(page).isDisabled()).toBe(true);
    await page.clock.runFor(400);
    await enabled(page);
    // A key that is held down since before is no decision.
    await field(page).evaluate((it) =>
      it.dispatchEvent(
        new KeyboardEvent("keydown", {
          key: "Enter",
          repeat: true,
          bubbles: true,
          cancelable: true,
        }),
      ),
    );
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    expect(await approve(page).isDisabled()).toBe(true);
    await page.clock.runFor(armingMs + 100);
    await enabled(page);
    await page.clock.resume();
    await field(page).press("Enter");
    expect((await answer).status).toBe(200);
  });

  test("a card whose program goes away stays, without a field; the next comes when it is asked for (T47)", async () => {
    const page = await rig.tab();
    const decoy = await rig.caller();
    void ask(decoy).catch(() => {});
    await shows(page, /Allow node/);
    const second = ask(await rig.caller(), {
      integration: { name: "Second", version: "2" },
    });
    await page.getByText("1 of 2").waitFor();
    await enabled(page);
    await field(page).fill("correct horse");
    process.kill(decoy.pid, "SIGKILL");
    await shows(page, /quit before you answered|stopped waiting/);
    expect(await page.locator("input").count()).toBe(0);
    await page.keyboard.type(` battery staple\n`);
    expect(await page.locator("input").count()).toBe(0);
    await shows(page, /quit before you answered|stopped waiting/);
    const next = page.getByRole("button", { name: "Next request" });
    await next.click();
    await page.getByText("“Second 2”").waitFor();
    expect(await field(page).inputValue()).toBe("");
    expect(await approve(page).isDisabled()).toBe(true);
    await deny(page).click();
    expect((await second).reason).toBe("PROMPT_DENIED");
  });

  test("two tabs show the same request; answered in one, it is over in the other", async () => {
    const [one, two] = [await rig.tab(), await rig.tab()];
    const answer = ask(await rig.caller());
    await shows(one, /Allow node/);
    await shows(two, /Allow node/);
    await deny(one).click();
    await shows(one, /Denied/);
    await shows(two, /answered elsewhere/);
    expect((await answer).reason).toBe("PROMPT_DENIED");
  });

  test("a site on another port of its name can neither frame it, nor call it, nor read its key", async () => {
    const page = await rig.tab();
    const { origin } = rig.host.host;
    const received: string[] = [];
    const other = createServer((request, response) => {
      received.push(request.headers.cookie ?? "");
      response.setHeader("content-type", "text/html");
      response.end(`<iframe src="${origin}/"></iframe>`);
    }).listen(0, "127.0.0.1");
    await once(other, "listening");
    try {
      const { port } = other.address() as AddressInfo;
      const evil = await page.context().newPage();
      await evil.goto(`http://${new URL(origin).hostname}:${port}/`);
      // Cookies know no ports: it gets ours, and it is not enough.
      expect(received[0]).toMatch(/^assent-/);
      expect(await evil.evaluate(() => sessionStorage.length)).toBe(0);
      const framed = evil.frames().find((one) => one !== evil.mainFrame());
      expect(framed?.url()).toMatch(/^chrome-error:/);
      const call = (mode: "cors" | "no-cors") =>
        evil.evaluate(
          async ([address, how]) => {
            const path = "/assent.owner.v1.AccountService/ListAccounts";
            const options = { method: "POST", mode: how, body: "" } as const;
            return fetch(address + path, { ...options, credentials: "include" })
              .then(({ status }) => `answered ${status}`)
              .catch(({ message }) => String(message));
          },
          [origin, mode] as const,
        );
      expect(await call("cors")).toBe("Failed to fetch");
      expect(await call("no-cors")).toBe("Failed to fetch");
      await evil.close();
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  test("twenty requests wait in line: one is shown, all are counted (T23)", async () => {
    const page = await rig.tab();
    const callers = await Promise.all(
      Array.from({ length: 20 }, () => rig.caller()),
    );
    const answers = callers.map((caller) => ask(caller));
    await page.getByText("1 of 20").waitFor();
    expect(await page.title()).toBe("(20) Requests · Assent");
    expect(await page.locator("link[rel=icon]").getAttribute("href")).toBe(
      "/icons/waiting-more.svg",
    );
    expect(await page.getByRole("alertdialog").count()).toBe(1);
    await enabled(page);
    await deny(page).click();
    await page.getByText("19 other requests wait.").first().waitFor();
    await page.getByRole("button", { name: "Next request" }).click();
    await page.getByText("1 of 19").waitFor();
    await rig.clear();
    await Promise.allSettled(answers);
  });

  test("names that deceive are shown with what they hide, and Deny stands out (T21, PRM-006)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assent-name-"));
    try {
      const evil = "gpj\u202eexe.\u200btool";
      const file = join(folder, evil);
      copyFileSync(process.execPath, file);
      const page = await rig.tab();
      const answer = ask(await rig.caller(file), {
        integration: {
          name: "Bank\u001b[2J\u2066<b>",
          version: "\u00a0\u{e0041}",
        },
        purpose: `${"a".repeat(60)}\u202e\n\n${"\u0301".repeat(40)}`,
      });
      await shows(page, /Allow gpj/);
      const text = await page.evaluate(() => document.body.innerText);
      // Line breaks are the page's own.
      expect(text.replaceAll("\n", "")).not.toMatch(
        /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\p{M}{4}/u,
      );
      expect(await page.locator(".escape").allInnerTexts()).toEqual(
        expect.arrayContaining(["U+202E", "U+200B", "U+001B", "U+2066"]),
      );
      expect(await page.locator(".card bdi").count()).toBeGreaterThan(4);
      expect(await page.locator(".path").getAttribute("dir")).toBe("ltr");
      await page.getByText("Approve anyway").waitFor();
      expect(await deny(page).getAttribute("class")).toContain("primary");
      await deny(page).click();
      await answer;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("an account that is not named is chosen, and only then is there a field", async () => {
    const page = await rig.tab();
    const answer = ask(await rig.caller(), { account: "Nowhere" });
    await shows(page, /one of your accounts/);
    expect(await field(page).count()).toBe(0);
    await page.getByRole("radio", { name: /Personal/ }).check();
    await shows(page, /to use .*Personal/);
    await enabled(page);
    await field(page).fill(password);
    await field(page).press("Enter");
    expect((await answer).status).toBe(200);
  });

  test("less than asked is granted: only reading, one vault, one minute", async () => {
    const page = await rig.tab();
    const answer = ask(await rig.caller(), {
      scope: { access: "ACCESS_READ_WRITE", everyVault: {} },
    });
    await shows(page, /Allow node/);
    await page.getByRole("button", { name: "Allow less" }).click();
    await page.getByRole("checkbox", { name: "Only reading" }).check();
    await page.getByRole("textbox", { name: "Only these vaults" }).fill("Dev");
    await page.getByRole("combobox").selectOption("1");
    await page.getByText("Until it has been idle for 1 minute").waitFor();
    expect(await page.getByText("Add, change and delete").count()).toBe(0);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await enabled(page);
    await field(page).fill(password);
    await field(page).press("Enter");
    const { body } = await answer;
    expect(body.grant).toMatchObject({
      scope: { access: "ACCESS_READ", vaults: {} },
      inactivityTimeout: "60s",
    });
  });

  test("a locked account is unlocked by the approval, and the card says so", async () => {
    const page = await rig.tab();
    await page.getByRole("button", { name: "Lock all accounts" }).click();
    await page.locator(".rail").getByText("Locked").waitFor();
    const answer = ask(await rig.caller());
    await page.getByText(/Personal is locked. Approving unlocks it/).waitFor();
    await enabled(page);
    await field(page).fill(password);
    await field(page).press("Enter");
    expect((await answer).status).toBe(200);
  });

  test("denied and blocked, a program is refused without being asked, until it is let ask again", async () => {
    const page = await rig.tab();
    const caller = await rig.caller();
    const answer = ask(caller);
    await shows(page, /Allow node/);
    await page
      .getByRole("button", { name: "More ways to deny" })
      .press("Enter");
    await page
      .getByRole("menuitem", { name: /block for 1 hour/ })
      .press("Enter");
    await shows(page, /refused without asking you/);
    expect((await answer).reason).toBe("PROMPT_DENIED");
    expect((await ask(caller)).reason).toBe("TOO_MANY_PROMPTS");
    await page.getByRole("button", { name: "Let it ask again" }).click();
    await page.getByText("It may ask again.").first().waitFor();
  });

  test("a whole request is answered with the keyboard alone", async () => {
    const page = await rig.tab();
    const answer = ask(await rig.caller());
    await shows(page, /Allow node/);
    await enabled(page);
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("type") ?? "");
    for (
      let tabs = 0;
      tabs < 6 && (await focused()) !== "password";
      tabs += 1
    ) {
      await page.keyboard.press("Tab");
    }
    expect(await focused()).toBe("password");
    await page.keyboard.press("Enter");
    await shows(page, /Allow node/);
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    expect((await answer).status).toBe(200);
  });

  test("when the broker goes nothing is left to type into, and nothing comes back with it (T54)", async () => {
    const page = await rig.tab();
    void ask(await rig.caller()).catch(() => {});
    await shows(page, /Allow node/);
    await field(page).fill("correct horse");
    rig.broker.broker.process.kill("SIGKILL");
    await shows(page, /Assent is not running/);
    expect(await page.locator("input, button, a").count()).toBe(0);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const restarted = rig.broker.start("broker", "run");
    await restarted.says("Assent is running");
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await shows(page, /Assent is not running/);
    expect(requests).toEqual([]);
  });
});
