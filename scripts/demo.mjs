// SPDX-License-Identifier: Apache-2.0
// The whole way, for real: a broker on a home of its own, an account with a few
// items, a program that asks, a prompt that is answered, the secret that
// arrives. On a terminal you answer the prompt; without one the demo does, with
// the demo's own password, and says so. It leaves nothing behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, "apps", "cli", "dist", "main.js");
const program = join(root, "examples", "deploy.mjs");
const home = mkdtempSync(join(tmpdir(), "assent-demo-"));
const password = "demo horse battery staple";
const reference = "assent://Dev/GitHub/token";
const byHand =
  process.stdin.isTTY &&
  process.stdout.isTTY &&
  !process.argv.includes("--auto");
const children = new Set();

try {
  await demo();
} catch (error) {
  console.error(`\nThe demo stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(
    [...children].map(
      (child) => child.exitCode === null && once(child, "close"),
    ),
  );
  rmSync(home, { recursive: true, force: true });
}

async function demo() {
  say("1. A broker, with an account and a few secrets in an encrypted vault");
  const broker = start([cli, "broker", "run", "--home", home]);
  await lineOf(broker, "is running");
  await assent(["account", "create", "Personal"], `${password}\n`);
  await assent(["integration", "on"], `${password}\n`);
  await assent(["vault", "create", "Dev"], `${password}\n`);
  const items = [
    ["GitHub", "token", "ghp_demo_4f9a1c"],
    ["Database", "password", "correct-horse"],
  ];
  for (const [title, field, value] of items) {
    await assent(
      ["item", "create", "Dev", title, "--field", field, "--stdin"],
      `${password}\n${value}\n`,
    );
  }
  show(await assent(["item", "list", "Dev"], `${password}\n`));

  say(`2. A program asks: node examples/deploy.mjs ${reference}`);
  const first = start([program, reference], { env: withHome() });
  await answer(first);
  await ended(first, 0);
  console.log(
    "   The second time it was not asked again: one yes, one process.",
  );

  say(
    "3. Another process of the same program is asked anew; this one is denied",
  );
  const second = start([program, reference], { env: withHome() });
  const denied = await nextPrompt();
  show(await assent(["deny", denied.id]));
  await ended(second, 1);

  say(
    "4. A program waits with its access while you lock: nothing more is given",
  );
  const third = start([program, reference, "--wait"], {
    env: withHome(),
    stdin: "pipe",
  });
  await answer(third);
  await lineOf(third, "waiting");
  show(await assent(["lock"]));
  third.stdin.end("\n");
  await ended(third, 1);

  say("5. What happened, from the sealed log (newest first)");
  show(await assent(["activity", "--account", "Personal"], `${password}\n`));
  console.log("\nThe broker stops and the demo's files are removed.");
}

/** A prompt is answered by whoever watches the demo, or by the demo itself. */
async function answer(child) {
  if (byHand) {
    console.log(`\n   Answer below. The password is: ${password}\n`);
    const watch = spawn(
      process.execPath,
      [cli, "watch", "--home", home, "--password-fd", "3"],
      { stdio: ["inherit", "inherit", "inherit", "pipe"] },
    );
    children.add(watch);
    watch.stdio[3].end(`${password}\n`);
    await Promise.race([
      once(watch, "close"),
      lineOf(child, "uploaded"),
      once(child, "close"),
    ]);
    watch.kill("SIGINT");
    if (watch.exitCode === null) await once(watch, "close");
    children.delete(watch);
    return;
  }
  const { id, digest } = await nextPrompt();
  show(await assent(["prompts"], `${password}\n`));
  console.log(
    "   (no terminal: the demo answers, with the demo's own password)",
  );
  show(await assent(["approve", id, "--digest", digest], `${password}\n`));
}

/** The prompt that is pending, as soon as there is one. */
async function nextPrompt() {
  const following = start(["prompts", "--json", "--follow"], {
    cli: true,
    secret: true,
  });
  following.stdin.end(`${password}\n`);
  try {
    for await (const line of createInterface({ input: following.stdout })) {
      const prompt = JSON.parse(line);
      if (prompt.event === "prompt") return prompt;
    }
  } finally {
    following.kill();
  }
  throw new Error("no prompt came");
}

/** Run a command of `assent` to its end; its output. */
async function assent(args, input = "") {
  const child = start(args, { cli: true, secret: input !== "" });
  child.stdin.end(input);
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`assent ${args.join(" ")}: ${text}`);
  return text;
}

function start(args, options = {}) {
  const full = options.cli
    ? [
        cli,
        ...args,
        "--home",
        home,
        ...(options.secret ? ["--password-stdin"] : []),
      ]
    : args;
  const child = spawn(process.execPath, full, {
    env: options.env ?? process.env,
    stdio: [options.cli ? "pipe" : (options.stdin ?? "ignore"), "pipe", "pipe"],
  });
  children.add(child);
  child.once("close", () => children.delete(child));
  child.lines = [];
  if (!options.cli) {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        child.lines.push(line);
        console.log(`   ${line}`);
        child.emit("line");
      });
    }
  }
  return child;
}

async function lineOf(child, part) {
  while (!child.lines.some((line) => line.includes(part))) {
    const [code] = await Promise.race([
      once(child, "line"),
      once(child, "close"),
    ]);
    if (code !== undefined) throw new Error("a program ended too early");
  }
}

async function ended(child, expected) {
  if (child.exitCode === null) await once(child, "close");
  if (child.exitCode !== expected) {
    throw new Error(
      `the program ended with ${child.exitCode}, not ${expected}`,
    );
  }
}

function withHome() {
  return { ...process.env, ASSENT_HOME: home };
}

function say(text) {
  console.log(`\n${text}`);
}

function show(text) {
  for (const line of stripVTControlCharacters(text).trimEnd().split("\n")) {
    console.log(`   ${line}`);
  }
}
