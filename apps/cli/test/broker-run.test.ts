// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodes } from "../src/exit.ts";
import {
  endProcesses,
  mainScript,
  type RunningProcess,
  startCommand,
  startProcess,
} from "./daemon.ts";
import { assent } from "./test-io.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assent-run-"));
});
afterEach(() => {
  endProcesses();
  rmSync(home, { recursive: true, force: true });
});

async function run(...options: string[]): Promise<RunningProcess> {
  const broker = startProcess(["broker", "run", "--home", home, ...options]);
  await broker.says("Assent is running");
  return broker;
}
const settings = (text: string) =>
  writeFileSync(join(home, "settings.json"), text, { mode: 0o600 });
const sockets = () =>
  readdirSync(join(home, "run")).filter((name) => name !== "lock");
const status = () => assent(["status", "--json", "--home", home]);

describe("a broker is stopped", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s: sockets go, it says so, and ends with 0",
    async (signal) => {
      settings('{"integrationEnabled":true}');
      const broker = await run();
      expect(sockets()).toEqual(["broker.sock", "owner.sock"]);
      broker.process.kill(signal);
      const { code, out } = await broker.ended;
      expect(code).toBe(exitCodes.done);
      expect(out).toContain("all access has ended");
      expect(sockets()).toEqual([]);
    },
  );

  it.each([
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGINT"],
    ["SIGTERM", "SIGTERM"],
  ] as const)("by %s, and at once by %s after it", async (first, second) => {
    const broker = await run();
    // It is held up, so that the second finds it stopping.
    broker.process.kill("SIGSTOP");
    broker.process.kill(first);
    broker.process.kill("SIGCONT");
    await broker.says("the broker is stopping");
    broker.process.kill(second);
    await broker.ended;
    const { signalCode, exitCode } = broker.process;
    // It may have been done already.
    expect([second, exitCodes.done]).toContain(signalCode ?? exitCode);
  });

  it("while it starts: it ends, and leaves no socket", async () => {
    const broker = startProcess(["broker", "run", "--home", home]);
    await broker.says("the broker has started");
    broker.process.kill("SIGTERM");
    expect((await broker.ended).code).toBe(exitCodes.done);
    expect(sockets()).toEqual([]);
  });

  const python = spawnSync("python3", ["-c", "import pty"]).status === 0;
  it.skipIf(!python).each([
    ["", "the end of its terminal"],
    ["reload", "the end of its terminal, though a hangup alone has it reload"],
  ])("%s by %s; NOT RUN without: apt-get install python3", async (before) => {
    const script = fileURLToPath(new URL("hangup.py", import.meta.url));
    const child = spawn(
      "python3",
      [script, process.execPath, mainScript, "broker", "run", "--home", home],
      {
        env: { ...process.env, BEFORE_HANGUP: before },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await new Promise((resolve) => child.once("close", resolve));
    expect(said).toBe("ended 0\n");
    expect(sockets()).toEqual([]);
  });
});

describe("a broker with an error nobody foresaw", () => {
  it("tells its kind and place, not its message, and ends with all access (LEAK-004, T20)", async () => {
    const source =
      'process.on("SIGUSR2",()=>{throw new RangeError("canary-secret")})';
    const preload = `data:text/javascript,${encodeURIComponent(source)}`;
    const script = `NODE_OPTIONS='--import ${preload}' exec "$@"`;
    const broker = startShell(script);
    await broker.says("Assent is running");
    broker.process.kill("SIGUSR2");
    const { code, err } = await broker.ended;
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain("a fault in the broker kind=RangeError");
    expect(err).not.toContain("canary");
    expect(err).not.toContain("    at ");
    // Its sockets are left; the next one takes over.
    const next = await run();
    next.process.kill("SIGTERM");
    expect((await next.ended).code).toBe(exitCodes.done);
  });
});

describe("a broker reads its settings again", () => {
  it("and each change is told and takes effect; a file that is wrong changes nothing", async () => {
    const broker = await run();
    settings('{"integrationEnabled":true,"autoLockMs":120000}');
    const asked = await assent(["broker", "reload", "--home", home]);
    expect(asked.code).toBe(exitCodes.done);
    expect(asked.out).toContain(String(broker.process.pid));
    await broker.says("the settings were read again");
    const told = broker.output();
    expect(told).toContain("setting=autoLockMs from=600000 to=120000");
    expect(told).toContain("setting=integrationEnabled from=false to=true");
    expect(existsSync(join(home, "run", "broker.sock"))).toBe(true);
    expect(JSON.parse((await status()).out).integration).toBe(true);

    settings('{"integrationEnabled":false,"autoLockMs":1}');
    broker.process.kill("SIGHUP");
    await broker.says("the settings were not taken");
    expect(broker.output()).toContain("has a wrong autoLockMs");
    expect(existsSync(join(home, "run", "broker.sock"))).toBe(true);

    settings('{"integrationEnabled":false}');
    broker.process.kill("SIGHUP");
    await broker.says("the integration is off");
    await broker.says("from=120000 to=600000");
    await until(() => !existsSync(join(home, "run", "broker.sock")));
    expect(JSON.parse((await status()).out).integration).toBe(false);
  });

  it("says so when none is running", async () => {
    const { code } = await assent(["broker", "reload", "--home", home]);
    expect(code).toBe(exitCodes.unreachable);
  });
});

describe("the log of a broker", () => {
  it("in a file is its user's alone, and is opened anew when the broker is told to", async () => {
    const file = join(home, "broker.log");
    const broker = await run("--log-file", file, "--log-format", "json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    renameSync(file, `${file}.away`);
    broker.process.kill("SIGHUP");
    await until(() => existsSync(file) && read(file).includes("reloaded"));
    broker.process.kill("SIGTERM");
    const { code, err } = await broker.ended;
    expect([code, err]).toEqual([exitCodes.done, ""]);
    const events = `${read(`${file}.away`)}${read(file)}`
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).event)
      // Where there is no login manager, it says so at some moment.
      .filter((event) => event !== "away-unknown");
    expect(events).toEqual([
      "listening",
      "broker-started",
      "log-reopened",
      "settings-reloaded",
      "broker-stopping",
      "broker-stopped",
    ]);
  });

  it("whose reader is gone does not end it (T36)", async () => {
    const broker = await run("--log-level", "debug");
    broker.process.stdout?.destroy();
    broker.process.stderr?.destroy();
    for (let call = 0; call < 3; call += 1) {
      expect((await status()).code).toBe(exitCodes.done);
      await assent(["broker", "reload", "--home", home]);
    }
    broker.process.kill("SIGTERM");
    expect((await broker.ended).code).toBe(exitCodes.done);
  });

  it("whose reader stands still does not hold it up (T36)", async () => {
    // A pipe of the shell that nobody empties, and that is full.
    const script = `mkfifo "$0/pipe"; sleep 60 <> "$0/pipe" > /dev/null 2>&1 &
      echo "pid $!"; head -c 65536 /dev/zero > "$0/pipe"; exec "$@" 2> "$0/pipe"`;
    const broker = startShell(script, "--log-level", "debug");
    await broker.says("Assent is running");
    const sleeper = Number(/pid (\d+)/.exec(broker.output())?.[1]);
    try {
      await assent(["broker", "reload", "--home", home]);
      expect((await status()).code).toBe(exitCodes.done);
      broker.process.kill("SIGTERM");
      expect((await broker.ended).code).toBe(exitCodes.done);
    } finally {
      process.kill(sleeper);
    }
  });
});

function startShell(script: string, ...options: string[]): RunningProcess {
  return startCommand([
    "sh",
    "-c",
    script,
    home,
    process.execPath,
    mainScript,
    "broker",
    "run",
    "--home",
    home,
    ...options,
  ]);
}

const read = (path: string) => readFileSync(path, "utf8");

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
