// SPDX-License-Identifier: Apache-2.0
// The built `assent` for a run of the conformance suite without a control
// service: a real broker with real time, real accounts and real passwords.
//   hooks.mjs            becomes the broker, in HOME, with the accounts of fixture.json
//   hooks.mjs approving  the same, with somebody beside it who approves every prompt
//   hooks.mjs on-prompt  tells what waits, and decides with `assent approve` and `assent deny`
//   hooks.mjs lock       `assent account lock`, or `assent lock` for all
//   hooks.mjs unlock     `assent account unlock`
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describePrompt } from "@assent/wording";
import { CommandError, exitCodes } from "../dist/exit.js";
import { connectOwner } from "../dist/owner/owner-client.js";
import { digestText, readPrompt } from "../dist/owner/waiting-prompt.js";
import { plainStyle } from "../dist/terminal/text.js";
import { renderPrompt } from "../dist/watch/render-prompt.js";

// As wide as any path: what is looked for is on one line.
const columns = 20_000;
const cli = fileURLToPath(new URL("../dist/assent.js", import.meta.url));
const { HOME: home, ASSENT_ENDPOINT: endpoint } = process.env;
const fixture = join(home, "fixture.json");
// Which ids the broker chose.
const chosen = join(home, "ids.json");
const { accounts } = JSON.parse(readFileSync(fixture, "utf8"));
// As the owner protocol numbers how prompts end.
const states = { 1: "approved", 2: "denied", 3: "timed-out", 7: "locked" };
const roles = { "on-prompt": decide, approver: approveAll, lock, unlock };
await (roles[process.argv[2]] ?? serve)();

/** A command of `assent`, to its end; its input is a line each. */
async function assent(where, args, ...lines) {
  const child = spawn(process.execPath, [cli, ...args, "--home", where]);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes) => {
      said += bytes;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const [code] = await once(child, "close");
  return { code, said: said.trim() };
}

async function must(where, args, ...lines) {
  const { code, said } = await assent(where, args, ...lines);
  if (code !== 0) throw new Error(`assent ${args.join(" ")}: ${said}`);
  return said;
}

async function serve() {
  const digest = createHash("sha256").update(readFileSync(fixture));
  const folder = process.env.ASSENT_CONFORMANCE_KEEP ?? dirname(home);
  const made = join(folder, digest.digest("hex").slice(0, 16));
  try {
    mkdirSync(`${made}.work`);
    await prepare(join(`${made}.work`, "home"), made);
  } catch (error) {
    // Another one makes it, or has made it.
    if (error.code !== "EEXIST") throw error;
  }
  while (!existsSync(made)) await wait(50);
  // One that is started again, or beside another, finds what is there.
  if (!existsSync(chosen)) cpSync(made, home, { recursive: true });
  const env = { ...process.env, ASSENT_HOME: home };
  if (process.argv[2] === "approving") {
    const [, self] = process.argv;
    spawn(process.execPath, [self, "approver"], { stdio: "ignore" });
  }
  process.execve(
    process.execPath,
    [process.execPath, cli, "broker", "run"],
    env,
  );
}

/** A home with the accounts, made once as its user would. */
async function prepare(at, ready) {
  const broker = spawn(process.execPath, [cli, "broker", "run", "--home", at], {
    stdio: "ignore",
  });
  const ended = once(broker, "close");
  process.once("SIGTERM", () => {
    broker.kill("SIGTERM");
    process.exit(1);
  });
  await listening(join(at, "run", "owner.sock"));
  const [first] = accounts;
  const made = [];
  for (const account of accounts) {
    const { name, credential, items } = account;
    const as = ["--account", name, "--password-stdin"];
    const passwords = [credential, credential];
    if (account === first) {
      await must(
        at,
        ["account", "create", name, "--password-stdin"],
        ...passwords,
      );
      await must(at, ["integration", "on", ...as], credential);
    } else {
      await must(
        at,
        [
          "account",
          "create",
          name,
          "--account",
          first.name,
          "--password-stdin",
        ],
        ...[first.credential, ...passwords],
      );
    }
    await must(at, ["account", "unlock", ...as], credential);
    for (const vault of new Set(items.map((item) => item.vault))) {
      await must(at, ["vault", "create", vault, ...as], credential);
    }
    for (const { vault, title, value, otpUri } of items) {
      const otp = otpUri === "" ? [] : ["--field", "otp:totp"];
      const values = otpUri === "" ? [value] : [value, otpUri];
      const field = ["--field", "value", ...otp, "--stdin"];
      await must(
        at,
        ["item", "create", vault, title, ...field, ...as],
        credential,
        ...values,
      );
    }
    const listed = [];
    for (const vault of new Set(items.map((item) => item.vault))) {
      const list = ["item", "list", vault, "--json", ...as];
      const found = JSON.parse(await must(at, list, credential));
      listed.push(
        ...found.map(({ id, title, vault: { id: vaultId } }) => ({
          vault,
          vaultId,
          title,
          id,
        })),
      );
    }
    made.push({ name, items: listed });
  }
  const all = JSON.parse(await must(at, ["account", "list", "--json"]));
  const ids = made.map((one) => ({
    ...one,
    id: all.find(({ name }) => name === one.name).id,
  }));
  broker.kill("SIGTERM");
  await ended;
  rmSync(join(at, "run"), { recursive: true });
  writeFileSync(join(at, "ids.json"), JSON.stringify(ids));
  renameSync(at, ready);
}

async function listening(socket) {
  for (;;) {
    const connection = createConnection(socket);
    try {
      await once(connection, "connect");
      return;
    } catch {
      await wait(20);
    } finally {
      connection.destroy();
    }
  }
}

/** The surface: follows the prompts, of each broker that comes. */
async function decide() {
  const digests = new Map();
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { prompt, decision, account, credential } = JSON.parse(line);
    const approves = ["approve", prompt, "--digest", digests.get(prompt)];
    const { code, said } =
      decision === "approve"
        ? await assent(
            home,
            [...approves, "--account", account, "--password-stdin"],
            credential,
          )
        : await assent(home, ["deny", prompt]);
    if (code !== 0) tell({ prompt, failed: said });
  });
  for (;;) {
    let follows = false;
    try {
      await follow((line, digest) => {
        if (digest) digests.set(line.prompt, digest);
        if (line.ready) follows = true;
        tell(line);
      });
    } catch (error) {
      // The broker ended, or does not serve yet: another one may come.
      const isGone =
        error instanceof CommandError &&
        error.exitCode === exitCodes.unreachable;
      if (!follows && !isGone) throw error;
    }
    await wait(50);
  }
}

/** Says yes to every prompt, with the password of its account or the first one's, while the broker is there. */
async function approveAll() {
  const broker = process.ppid;
  await listening(join(dirname(endpoint), "owner.sock"));
  try {
    await follow(({ prompt, account }, digest) => {
      if (!digest) return;
      const { name, credential } =
        accounts.find((one) => one.name === account) ?? accounts[0];
      const approves = ["approve", prompt, "--digest", digest];
      const as = ["--account", name, "--password-stdin"];
      void assent(home, [...approves, ...as], credential);
    });
  } catch (error) {
    if (process.ppid === broker) throw error;
  }
}

/** The prompts of the broker that serves now, as lines, until it ends. */
async function follow(onLine) {
  const [{ name, credential }] = accounts;
  const socket = join(dirname(endpoint), "owner.sock");
  const owner = await connectOwner(socket, process.getuid());
  const all = (await owner.accounts.listAccounts({})).accounts;
  const { id } = all.find((one) => one.name === name);
  const value = Buffer.from(credential);
  await owner.accounts.authenticate({
    credential: { account: id, proof: { case: "password", value } },
  });
  let isReady = false;
  for await (const { prompts, ended } of owner.prompts.watchPrompts({
    surface: "command",
  })) {
    for (const { promptId, end } of ended) {
      onLine({ prompt: promptId, state: states[end] ?? "withdrawn" });
    }
    for (const one of await Promise.all(prompts.map(readPrompt))) {
      const { account, process: program } = one.body;
      onLine(
        {
          prompt: one.id,
          pid: program?.pid,
          account: account?.name,
          waiters: one.waiters,
          shown: shownOf(one.body),
        },
        digestText(one.digest),
      );
    }
    if (!isReady) {
      const made = JSON.parse(readFileSync(chosen, "utf8"));
      onLine({ ready: true, accounts: made });
    }
    isReady = true;
  }
}

/** What `assent prompts` and the terminal show of it. */
function shownOf(body) {
  const described = describePrompt(body);
  const { account, program, scope, until } = described;
  return {
    account,
    name: program.name,
    path: program.path,
    scope: scope.flatMap(({ text, details }) => [text, ...details]).join("\n"),
    duration: until[0],
    text: renderPrompt(described, columns, plainStyle).join("\n"),
    choices: body.choices.map((one) => one.name),
  };
}

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function lock() {
  const { ASSENT_ACCOUNT: name } = process.env;
  await must(home, name ? ["account", "lock", name] : ["lock"]);
}

async function unlock() {
  const { ASSENT_ACCOUNT: name, ASSENT_CREDENTIAL: credential } = process.env;
  const named = accounts.filter((one) => !name || one.name === name);
  for (const one of named) {
    await must(
      home,
      ["account", "unlock", "--account", one.name, "--password-stdin"],
      credential || one.credential,
    );
  }
}
