// SPDX-License-Identifier: Apache-2.0
// The whole way in a real browser, without a window: a program asks, the broker
// opens its page, the card is answered with the password, the secret arrives.
// Leaves pictures of what was on screen, and says where.

import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { createHome, lineOf } from "../../../scripts/assent-home.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const program = join(root, "examples", "deploy.mjs");
const pictures = join(root, "apps", "prompt-ui", "dist", "demo");
const password = "demo horse battery staple";
const reference = "assent://Dev/GitHub/token";
const executablePath = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => existsSync(path));

if (executablePath === undefined) {
  console.error(
    "NOT RUN: the page in a browser\n  it needs Chromium: apt-get install chromium",
  );
  process.exit(0);
}

const home = createHome({
  password,
  onLine: (line) => console.log(`   ${line}`),
});
let browser;
try {
  mkdirSync(pictures, { recursive: true });
  await demo();
} catch (error) {
  console.error(`\nThe demo stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser?.close();
  await home.remove();
}

async function demo() {
  say("1. A broker, with an account and a secret");
  // A display on which nothing can come up: the file that opens the page stays
  // for the browser that the demo drives.
  const { WAYLAND_DISPLAY, ...env } = process.env;
  const broker = home.startBroker({ env: { ...env, DISPLAY: ":4711" } });
  await lineOf(broker, "is running");
  await home.assent(["account", "create", "Personal"], "");
  await home.assent(["integration", "on"], "");
  await home.assent(["vault", "create", "Dev"], "");
  await home.assent(
    ["item", "create", "Dev", "GitHub", "--field", "token", "--stdin"],
    "ghp_demo_4f9a1c\n",
  );

  say("2. A program asks; nobody shows it, so the broker starts its page");
  const asking = home.start([program, reference], { env: home.environment() });
  const file = await bootstrapFile(join(home.path, "run"));
  browser = await chromium.launch({
    executablePath,
    // Chromium has no sandbox for root.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  const page = await browser.newPage({ viewport: { width: 460, height: 780 } });
  await page.goto(pathToFileURL(file).href);
  await page.getByRole("alertdialog").waitFor();
  await picture(page, "1-request");

  say("3. The password is typed, and the request approved");
  await page.getByLabel(/password/i).fill(password);
  await picture(page, "2-password");
  // What was not read to its end cannot be approved.
  await page.mouse.move(230, 400);
  await page.mouse.wheel(0, 5_000);
  const approve = page.getByRole("button", { name: /^approve|unlock and/i });
  // It is armed after the card was on screen for a moment.
  await approve.click();
  await page
    .getByText(/can use Personal/)
    .first()
    .waitFor();
  await picture(page, "3-approved");
  if (asking.exitCode === null) await once(asking, "close");
  if (asking.exitCode !== 0) throw new Error("the program got no secret");

  say("4. The broker stops: before the port is let go, the page leaves");
  const left = page.waitForURL("about:blank");
  broker.kill("SIGTERM");
  await left;
  console.log(`\nPictures: ${pictures}`);
}

/** The file that opens the page, once it is there and written. */
async function bootstrapFile(directory) {
  const changes = watch(directory);
  try {
    for (;;) {
      const name = readdirSync(directory).find((one) =>
        one.startsWith("open-"),
      );
      const path = name && join(directory, name);
      if (path && statSync(path).size > 0) return path;
      await once(changes, "change");
    }
  } finally {
    changes.close();
  }
}

async function picture(page, name) {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function say(text) {
  console.log(`\n${text}`);
}
