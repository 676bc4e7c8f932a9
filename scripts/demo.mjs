// SPDX-License-Identifier: Apache-2.0
// The whole way, for real: a broker on a home of its own, an account with a few
// items, a program that asks, a prompt that is answered, the secret that
// arrives. On a desktop you answer the prompt in the page that the broker opens,
// on a terminal alone there; without either the demo does, with the demo's own
// password, and says so. It leaves nothing behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { cli, createHome, lineOf } from "./assent-home.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, "examples", "deploy.mjs");
const password = "demo horse battery staple";
const reference = "assent://Dev/GitHub/token";
const byHand =
  process.stdin.isTTY &&
  process.stdout.isTTY &&
  !process.argv.includes("--auto");
const hasDesktop = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const inPage = byHand && hasDesktop && !process.argv.includes("--terminal");
const home = createHome({
  password,
  onLine: (line) => console.log(`   ${line}`),
});
const { assent, start, nextPrompt } = home;
const withHome = { env: home.environment() };

try {
  await demo();
} catch (error) {
  console.error(`\nThe demo stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  await home.remove();
}

async function demo() {
  say("1. A broker, with an account and a few secrets in an encrypted vault");
  const broker = home.startBroker(inPage ? { env: process.env } : {});
  await lineOf(broker, "is running");
  await assent(["account", "create", "Personal"], "");
  await assent(["integration", "on"], "");
  await assent(["vault", "create", "Dev"], "");
  const items = [
    ["GitHub", "token", "ghp_demo_4f9a1c"],
    ["Database", "password", "correct-horse"],
  ];
  for (const [title, field, value] of items) {
    await assent(
      ["item", "create", "Dev", title, "--field", field, "--stdin"],
      `${value}\n`,
    );
  }
  show(await assent(["item", "list", "Dev"], ""));

  say(`2. A program asks: node examples/deploy.mjs ${reference}`);
  const first = start([program, reference], withHome);
  await answer(first);
  await ended(first, 0);
  console.log(
    "   The second time it was not asked again: one yes, one process.",
  );

  say(
    "3. Another process of the same program is asked anew; this one is denied",
  );
  const second = start([program, reference], withHome);
  const denied = await nextPrompt();
  show(await assent(["deny", denied.id]));
  await ended(second, 1);

  say(
    "4. A program waits with its access while you lock: nothing more is given",
  );
  const third = start([program, reference, "--wait"], {
    ...withHome,
    stdin: "pipe",
  });
  await answer(third);
  await lineOf(third, "waiting");
  show(await assent(["lock"]));
  third.stdin.end("\n");
  await ended(third, 1);

  say("5. What happened, from the sealed log (newest first)");
  show(await assent(["activity", "--account", "Personal"], ""));
  console.log("\nThe broker stops and the demo's files are removed.");
}

/** A prompt is answered by whoever watches the demo, or by the demo itself. */
async function answer(child) {
  if (inPage) {
    console.log(
      `\n   Answer in the window that opens. The password is: ${password}\n` +
        `   If none does: assent watch --home ${home.path}\n`,
    );
    await Promise.race([lineOf(child, "uploaded"), once(child, "close")]);
    return;
  }
  if (byHand) {
    console.log(`\n   Answer below. The password is: ${password}\n`);
    const watch = home.follow(
      spawn(
        process.execPath,
        [cli, "watch", "--home", home.path, "--password-fd", "3"],
        { stdio: ["inherit", "inherit", "inherit", "pipe"] },
      ),
    );
    watch.stdio[3].end(`${password}\n`);
    await Promise.race([
      once(watch, "close"),
      lineOf(child, "uploaded"),
      once(child, "close"),
    ]);
    watch.kill("SIGINT");
    if (watch.exitCode === null) await once(watch, "close");
    return;
  }
  const prompt = await nextPrompt();
  show(await assent(["prompts"], ""));
  console.log(
    "   (no terminal: the demo answers, with the demo's own password)",
  );
  show(await home.approve(prompt));
}

async function ended(child, expected) {
  if (child.exitCode === null) await once(child, "close");
  if (child.exitCode !== expected) {
    throw new Error(
      `the program ended with ${child.exitCode}, not ${expected}`,
    );
  }
}

function say(text) {
  console.log(`\n${text}`);
}

function show(text) {
  for (const line of stripVTControlCharacters(text).trimEnd().split("\n")) {
    console.log(`   ${line}`);
  }
}
