// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import {
  type Daemon,
  endProcesses,
  mainScript,
  type RunningProcess,
  startDaemon,
  startProcess,
} from "./daemon.ts";
import { assent, type Outcome, typingTerminal } from "./test-io.ts";

const password = "correct horse battery staple";
const secret = "ghp_canary0123456789";
const reference = "assent://Dev/GitHub/token";

let daemon: Daemon;

// The tests of this file tell one story, in order, with one broker.
beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(async () => {
  await daemon?.[Symbol.asyncDispose]();
  endProcesses();
});

function open(...args: string[]): Promise<Outcome> {
  return assent([...args, "--home", daemon.home]);
}

// With the password on the first line of the input, and what else there is.
function asOwner(args: string[], input = "", as = password): Promise<Outcome> {
  return assent([...args, "--home", daemon.home, "--password-stdin"], {
    stdin: `${as}\n${input}`,
  });
}

interface Waiting {
  readonly id: string;
  readonly digest: string;
  readonly [fact: string]: unknown;
}

// What waits as soon as something does: the first line of the stream.
async function firstPrompt(): Promise<Waiting> {
  const follow = startProcess([
    "prompts",
    "--follow",
    "--json",
    "--password-stdin",
    "--home",
    daemon.home,
  ]);
  follow.process.stdin?.end(`${password}\n`);
  await follow.says('"event":"prompt"');
  const line = follow.output().split("\n")[0] ?? "";
  follow.process.kill("SIGINT");
  expect((await follow.ended).code).toBe(exitCodes.done);
  return JSON.parse(line) as Waiting;
}

function startFixture(): RunningProcess {
  return startProcess(
    [join(daemon.home, "run", "broker.sock"), reference],
    fileURLToPath(new URL("program.fixture.ts", import.meta.url)),
  );
}

test("the first run is led from status to the first account and on", async () => {
  const fresh = await open("status");
  expect(fresh.code).toBe(exitCodes.done);
  expect(fresh.out).toContain("Next: create your account");
  const early = await assent(["vault", "list", "--home", daemon.home], {});
  expect(early).toMatchObject({ code: exitCodes.notFound });
  expect(early.err).toContain("assent account create Personal");

  const created = await asOwner(["account", "create", "Personal"]);
  expect(created).toMatchObject({ code: exitCodes.done, err: "" });
  expect(created.out).toContain("assent integration on");
  expect((await open("status")).out).toContain("assent integration on");

  expect((await asOwner(["integration", "on"])).out).toContain("assent watch");
  expect((await open("status")).out).toMatch(/Personal +locked/);
});

test("the page that comes by itself is turned off and on with a password, and nothing else with it", async () => {
  const kept = () => {
    const file = join(daemon.home, "settings.json");
    return JSON.parse(readFileSync(file, "utf8"));
  };
  const before = kept();
  expect(before).toMatchObject({ integrationEnabled: true });
  const unasked = await open("page", "off");
  expect(unasked.code).toBe(exitCodes.credential);
  expect(kept()).toEqual(before);

  const off = await asOwner(["page", "off"]);
  expect(off).toMatchObject({ code: exitCodes.done, err: "" });
  expect(off.out).toContain("assent watch");
  expect(kept()).toEqual({ ...before, webSurface: false });
  expect((await open("status")).out).toContain("assent page on");
  const json = (await open("status", "--json")).out;
  expect(JSON.parse(json)).toMatchObject({ integration: true, page: false });

  expect((await asOwner(["page", "on"])).code).toBe(exitCodes.done);
  expect(kept()).toEqual({ ...before, webSurface: true });
  expect((await open("status")).out).not.toContain("assent page on");
});

test("a second account takes the password of the first (T41)", async () => {
  const args = ["account", "create", "Work"];
  const wrong = await asOwner(args, "another long password\n", "not it");
  expect(wrong.code).toBe(exitCodes.credential);
  const { accounts } = JSON.parse((await open("status", "--json")).out);
  expect(accounts).toHaveLength(1);
});

test("after a wrong password the next try has to wait, and then works (T34)", async () => {
  const { err, code } = await asOwner(["vault", "list"]);
  expect(code).toBe(exitCodes.credential);
  expect(err).toMatch(/Wait .* then try again/);
  await expect
    .poll(async () => (await asOwner(["vault", "list"])).code, {
      timeout: 20_000,
      interval: 200,
    })
    .toBe(exitCodes.done);
});

test("keeps items whose values never were an argument", async () => {
  await asOwner(["account", "unlock"]);
  expect((await asOwner(["vault", "create", "Dev"])).code).toBe(0);
  const created = await asOwner(
    [
      "item",
      "create",
      "Dev",
      "GitHub",
      "--field",
      "user:text",
      "--field",
      "token",
    ],
    `ada\n${secret}\n`,
  );
  expect(created).toMatchObject({ code: exitCodes.done, err: "" });
  const shown = await asOwner(["item", "show", "Dev", "GitHub"]);
  expect(shown.out).toContain("ada");
  expect(shown.out).toContain(reference);
  expect(shown.out).not.toContain(secret);
  const field = ["item", "show", "Dev", "GitHub", "--field"];
  expect((await asOwner([...field, "token"])).out).toBe(`${secret}\n`);
  expect((await asOwner([...field, "none"])).code).toBe(exitCodes.notFound);
});

test("edits, lists and removes items and vaults", async () => {
  await asOwner(["item", "create", "Dev", "Old", "--field", "pin"], "1234");
  const edit = ["item", "edit", "Dev", "Old"];
  const changed = await asOwner(
    [...edit, "--title", "New", "--field", "pin"],
    "5678\n",
  );
  expect(changed).toMatchObject({ code: exitCodes.done, err: "" });
  const list = JSON.parse(
    (await asOwner(["item", "list", "Dev", "--json"])).out,
  );
  expect(list.map((item: { title: string }) => item.title)).toEqual([
    "GitHub",
    "New",
  ]);
  const pin = await asOwner(["item", "show", "Dev", "New", "--field", "pin"]);
  expect(pin.out).toBe("5678\n");
  expect((await asOwner(edit)).code).toBe(exitCodes.usage);
  expect((await asOwner(["item", "remove", "Dev", "New"])).code).toBe(0);
  expect((await asOwner(["item", "remove", "Dev", "New"])).code).toBe(
    exitCodes.notFound,
  );
  await asOwner(["vault", "create", "Gone"]);
  expect((await asOwner(["vault", "remove", "Gone"])).code).toBe(0);
  expect((await asOwner(["vault", "list"])).out).not.toContain("Gone");
});

test("an edit of a locked account never destroys what it does not change", async () => {
  await open("lock");
  const edit = ["item", "edit", "Dev", "GitHub", "--title"];
  const { code } = await asOwner([...edit, "GitHub"]);
  expect([exitCodes.done, exitCodes.failed]).toContain(code);
  await asOwner(["account", "unlock"]);
  const show = ["item", "show", "Dev", "GitHub", "--field", "token"];
  expect((await asOwner(show)).out).toBe(`${secret}\n`);
});

test("asks on the terminal where nothing else is said", async () => {
  const terminal = typingTerminal(`${password}\r`);
  const { code, out } = await assent(["vault", "list", "--home", daemon.home], {
    openTerminal: terminal.open,
  });
  expect(code).toBe(exitCodes.done);
  expect(out).toContain("Dev");
  expect(terminal.drawn[0]).toBe("Account password for Personal: ");
});

test("takes the password from a descriptor", async () => {
  const args = ["vault", "list", "--password-fd", "3", "--home", daemon.home];
  const child = spawn(process.execPath, [mainScript, ...args], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const pipe = child.stdio[3] as NodeJS.WritableStream;
  pipe.end(`${password}\n`);
  let out = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code).toBe(exitCodes.done);
  expect(out).toContain("Dev");
});

test("with a password the environment cannot name another broker (T59)", async () => {
  const environment = { ASSENT_HOME: daemon.home };
  expect((await assent(["status"], { environment })).code).toBe(exitCodes.done);
  const listed = await assent(["vault", "list", "--password-stdin"], {
    environment: { ...environment, XDG_RUNTIME_DIR: "/nonexistent" },
    stdin: `${password}\n`,
  });
  expect(listed.code).toBe(exitCodes.unreachable);
  expect(listed.err).toContain("ASSENT_HOME ignored");
});

test("read gets its one secret once it was approved by id and digest, and no more (T45)", async () => {
  const read = startProcess(["read", reference, "--home", daemon.home]);
  const prompt = await firstPrompt();
  expect(prompt).toMatchObject({
    program: { pid: read.process.pid },
    scope: { references: { references: [reference] } },
    notChecked: { name: "assent read" },
  });
  expect(prompt["warnings"]).toContain("RELAY");

  const approve = ["approve", prompt.id, "--digest"];
  const other = await asOwner([...approve, "00".repeat(32)]);
  expect(other.code).toBe(exitCodes.notApproved);
  const longer = await asOwner([...approve, prompt.digest, "--minutes", "11"]);
  expect(longer.code).toBe(exitCodes.usage);
  const approved = await asOwner([...approve, prompt.digest]);
  expect(approved).toMatchObject({ code: exitCodes.done, err: "" });

  expect(await read.ended).toMatchObject({ code: 0, out: `${secret}\n` });
  expect((await asOwner(["sessions"])).out).toBe("No program has access.\n");
  const again = await asOwner([...approve, prompt.digest]);
  expect(again.code).toBe(exitCodes.notApproved);
});

test("what is denied gives nothing, and deny asks for no password", async () => {
  const named = ["read", reference, "--account", "Personal"];
  const read = startProcess([...named, "--home", daemon.home]);
  const { id } = await firstPrompt();
  expect((await open("deny", id)).code).toBe(exitCodes.done);
  const { code, out, err } = await read.ended;
  expect(code).toBe(exitCodes.notApproved);
  expect(out).toBe("");
  expect(err).toContain("You denied it");
  expect((await open("deny", id)).code).toBe(exitCodes.notApproved);
});

test("a program that is denied and muted does not ask again until that is undone (T23)", async () => {
  const named = ["read", reference, "--account", "Personal"];
  const read = startProcess([...named, "--home", daemon.home]);
  const { id } = await firstPrompt();
  for (const time of ["0m", "2h", "soon"]) {
    const wrong = await asOwner(["deny", id, "--mute", time]);
    expect(wrong.code, time).toBe(exitCodes.usage);
  }
  const denied = await asOwner(["deny", id, "--mute", "15m"]);
  expect(denied).toMatchObject({ code: exitCodes.done, err: "" });
  expect((await read.ended).code).toBe(exitCodes.notApproved);
  const mutes = JSON.parse((await asOwner(["mutes", "--json"])).out);
  expect(mutes).toMatchObject([
    { program: { pid: read.process.pid }, reach: "PROCESS" },
  ]);
  // Our own command line runs in an interpreter: another one may ask.
  expect((await asOwner(["mutes"])).out).toContain(
    `Process ${read.process.pid} (node), and what it started, is refused without asking you.`,
  );
  expect(denied.out).toContain(`assent unmute ${mutes[0].id}`);
  const undo = ["unmute", mutes[0].id];
  expect((await asOwner(undo)).code).toBe(exitCodes.done);
  expect((await asOwner(undo)).code).toBe(exitCodes.notFound);
  expect((await asOwner(["mutes"])).out).toBe("Nothing is muted.\n");
});

test("access is listed, narrowed as approved, and ends when revoked or locked", async () => {
  const fixture = startFixture();
  const use = async (answer: string) => {
    const before = fixture.output().length;
    fixture.process.stdin?.write("\n");
    await expect.poll(() => fixture.output().slice(before)).toContain(answer);
  };
  fixture.process.stdin?.write("\n");
  const prompt = await firstPrompt();
  const approved = await asOwner([
    "approve",
    prompt.id,
    "--digest",
    prompt.digest,
    "--vault",
    "Dev",
    "--minutes",
    "2",
  ]);
  expect(approved.code).toBe(exitCodes.done);
  await fixture.says(`value ${secret}`);

  const [session] = JSON.parse((await asOwner(["sessions", "--json"])).out);
  expect(session).toMatchObject({
    account: { name: "Personal" },
    program: { pid: fixture.process.pid },
    scopes: [{ access: "ACCESS_READ", vaults: {} }],
  });
  expect(session.remainingSeconds).toBeLessThanOrEqual(120);
  await use(`value ${secret}`);

  const revoked = await open("revoke", session.id);
  expect(revoked).toMatchObject({ code: exitCodes.done, err: "" });
  await use("refused session-revoked");
  expect((await asOwner(["sessions"])).out).toBe("No program has access.\n");
  expect((await open("revoke", "--all")).out).toBe("All access has ended.\n");
  expect((await open("lock")).out).toContain("All accounts are locked.");
  fixture.process.stdin?.end();
  expect((await fixture.ended).code).toBe(0);
});

test("what happened is told, newest first, and holds no secret (T20)", async () => {
  const { out } = await asOwner(["activity"]);
  const lines = out.trim().split("\n");
  expect(lines.length).toBeGreaterThan(5);
  expect(out).toContain("was denied the use of");
  expect(out).not.toContain(secret);
  expect(out).not.toContain(password);
  const limited = await asOwner(["activity", "--json", "--limit", "2"]);
  const entries = limited.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(entries).toHaveLength(2);
  expect(entries[0].sequence).toBeGreaterThan(entries[1].sequence);
});

test("activity of the broker itself tells what happened without an account", async () => {
  const { out } = await asOwner(["activity", "--broker"]);
  expect(out).toContain("The integration was turned on");
});

test("activity goes on until it is interrupted", async () => {
  const follow = startProcess([
    "activity",
    "--follow",
    "--password-stdin",
    "--home",
    daemon.home,
  ]);
  follow.process.stdin?.end(`${password}\n`);
  await follow.says("was created");
  await asOwner(["account", "unlock"]);
  await follow.says("was unlocked by hand");
  follow.process.kill("SIGINT");
  expect((await follow.ended).code).toBe(exitCodes.done);
});

test("an account is copied, changed, and put back; what was replaced is listed and can be put back too", async () => {
  const copy = join(daemon.home, "copy");
  const copied = await asOwner(["account", "backup", "--out", copy]);
  expect(copied).toMatchObject({ code: exitCodes.done, err: "" });
  expect(copied.out).toContain(copy);
  const again = await asOwner(["account", "backup", "--out", copy]);
  expect(again.code).not.toBe(exitCodes.done);
  expect(again.err).toContain(copy);
  expect((await asOwner(["vault", "create", "Later"])).code).toBe(
    exitCodes.done,
  );
  const vaults = async () => (await asOwner(["vault", "list"])).out;
  expect(await vaults()).toContain("Later");
  const restored = await asOwner(["account", "restore", copy]);
  expect(restored).toMatchObject({ code: exitCodes.done, err: "" });
  expect(await vaults()).not.toContain("Later");
  const listed = await open("account", "backups", "--json");
  const [replaced] = JSON.parse(listed.out) as { name: string }[];
  expect((await open("account", "backups")).out).toContain(replaced?.name);
  const name = replaced?.name ?? "";
  // The second line is the password of the backup.
  const back = ["account", "restore", name, "--other-password"];
  const brought = await asOwner(back, `${password}\n`);
  expect(brought).toMatchObject({ code: exitCodes.done, err: "" });
  expect(await vaults()).toContain("Later");
});

test("a changed password is the only one that works; a recovery code brings back in", async () => {
  const made = await asOwner(["account", "recovery-code"]);
  expect(made.code).toBe(exitCodes.done);
  const code = made.out.trim();
  const changed = await asOwner(["account", "passwd"], "a new long password\n");
  expect(changed).toMatchObject({ code: exitCodes.done, err: "" });
  const passwd = ["account", "passwd", "--recovery-code"];
  const back = await asOwner(passwd, `${password}\n`, code);
  expect(back).toMatchObject({ code: exitCodes.done });
  expect((await asOwner(["vault", "list"])).code).toBe(exitCodes.done);
  const old = await asOwner(["vault", "list"], "", "a new long password");
  expect(old.code).toBe(exitCodes.credential);
});

test("the integration is turned off without a password", async () => {
  expect((await open("integration", "off")).code).toBe(exitCodes.done);
  const read = await open("read", reference);
  expect(read.code).toBe(exitCodes.unreachable);
  expect(existsSync(join(daemon.home, "run", "broker.sock"))).toBe(false);
});

test("a second broker in the same home says who holds it (T38)", async () => {
  const second = startProcess(["broker", "run", "--home", daemon.home]);
  const { code, err } = await second.ended;
  expect(code).toBe(exitCodes.inUse);
  expect(err).toContain(String(daemon.process.pid));
  expect(err).not.toContain("    at ");
});

test("the broker wrote down no secret, and stops when told to (T20)", async () => {
  expect(daemon.output()).not.toContain(secret);
  expect(daemon.output()).not.toContain(password);
  expect(await daemon.stop()).toBe(exitCodes.done);
  expect(daemon.output()).toContain("all access has ended");
  expect((await open("status")).code).toBe(exitCodes.unreachable);
});
