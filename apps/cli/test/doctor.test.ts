// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import type { Finding } from "../src/doctor/finding.ts";
import { exitCodes } from "../src/exit.ts";
import { endProcesses, startProcess } from "./daemon.ts";
import { assent } from "./test-io.ts";

let home: string;

beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), "assent-doctor-")), "home");
});
afterEach(() => rmSync(join(home, ".."), { recursive: true, force: true }));
afterAll(endProcesses);

/** What it finds, by what it is about. */
async function examine(environment: Record<string, string> = {}) {
  const { code, out, err } = await assent(
    ["doctor", "--json", "--home", home],
    { environment: { XDG_RUNTIME_DIR: home, ...environment } },
  );
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const found = new Map(findings.map((each) => [each.about, each]));
  expect(found.size).toBe(findings.length);
  const problems = findings.filter(({ state }) => state === "problem");
  expect(code).toBe(problems.length > 0 ? exitCodes.failed : exitCodes.done);
  return {
    err,
    problems,
    of: (about: string) => found.get(about) as Finding,
  };
}

async function startBroker() {
  const broker = startProcess(["broker", "run", "--home", home]);
  await broker.says("Assent is running");
  return broker;
}

test("looks without a broker, and changes nothing", async () => {
  const { problems, of } = await examine();
  expect(problems).toEqual([]);
  expect(of("Broker")).toMatchObject({
    state: "warning",
    hint: "Start it with: assent broker run",
  });
  for (const about of ["System", "Identity", "Node", "Clock", "Settings"]) {
    expect(of(about).state, about).toBe("ok");
  }
  expect(existsSync(home)).toBe(false);
});

test("tells people in lines, each with what to do", async () => {
  const { code, out } = await assent(["doctor", "--home", home]);
  expect(code).toBe(exitCodes.done);
  expect(out).toMatch(/^ok +System +Linux \d/m);
  expect(out).toMatch(
    /^warning +Broker +does not run\n +Start it with: assent broker run$/m,
  );
});

test("tells which broker runs", async () => {
  const broker = await startBroker();
  const { problems, of } = await examine();
  expect(problems).toEqual([]);
  expect(of("Broker").text).toContain(`process ${broker.process.pid}, version`);
  expect(of("Room").text).toMatch(/^\d+ MiB are free/);
});

test("finds a broker that does not answer, and one whose lock is held by another", async () => {
  const broker = await startBroker();
  broker.process.kill("SIGSTOP");
  const { of } = await examine();
  expect(of("Broker")).toMatchObject({
    state: "problem",
    text: expect.stringContaining(`process ${broker.process.pid} holds`),
    hint: expect.stringContaining(`kill ${broker.process.pid}`),
  });
  broker.process.kill("SIGCONT");
  // The lock is the file, and this is another one.
  unlinkSync(join(home, "run", "lock"));
  writeFileSync(join(home, "run", "lock"), "", { mode: 0o600 });
  expect((await examine()).of("Broker")).toMatchObject({
    state: "problem",
    text: expect.stringContaining("nobody holds its directory"),
  });
});

test("finds that programs have no socket although the integration is on", async () => {
  mkdirSync(home, { mode: 0o700 });
  const settings = join(home, "settings.json");
  writeFileSync(settings, '{ "integrationEnabled": true }', { mode: 0o600 });
  await startBroker();
  const socket = join(home, "run", "broker.sock");
  expect(existsSync(socket)).toBe(true);
  expect((await examine()).problems).toEqual([]);
  unlinkSync(socket);
  expect((await examine()).of("Broker")).toMatchObject({
    state: "problem",
    text: expect.stringContaining("programs have no socket"),
  });
});

test.each<[string, () => void, string, RegExp]>([
  [
    "data that others can read (CHN-002)",
    () => chmodSync(home, 0o755),
    "Data",
    /home is open to others/,
  ],
  [
    "an account's file that others can read",
    () => {
      mkdirSync(join(home, "accounts"), { mode: 0o700 });
      writeFileSync(join(home, "accounts", "a.db"), "", { mode: 0o644 });
      chmodSync(join(home, "accounts", "a.db"), 0o644);
    },
    "Data",
    /a\.db is open to others/,
  ],
  [
    "a link at a directory's place (CHN-003)",
    () => symlinkSync("/tmp", join(home, "run")),
    "Sockets",
    /run is a link/,
  ],
  [
    "settings that are not well-formed",
    () => writeFileSync(join(home, "settings.json"), "{", { mode: 0o600 }),
    "Settings",
    /is not JSON/,
  ],
])("finds %s", async (_, spoil, about, text) => {
  mkdirSync(home, { mode: 0o700 });
  spoil();
  const { of, err } = await examine();
  expect(of(about)).toMatchObject({
    state: "problem",
    text: expect.stringMatching(text),
  });
  expect(err).toMatch(/^assent: There (is a|are \d) problem/);
});

test("warns of an environment that leads elsewhere (T59)", async () => {
  const { of } = await examine({ ASSENT_ENDPOINT: "/nonexistent/broker.sock" });
  expect(of("Environment").text).toContain("ASSENT_ENDPOINT is set");
});
