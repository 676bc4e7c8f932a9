// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { DecisionSchema } from "@assent/protocol/conformance";
import { create } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { packaged } from "../catalogue/catalogue.ts";
import { connectControl } from "../control/control.ts";
import type { Results } from "../report/results.ts";
import { run } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "assent-conformance-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const broker = ["node", packaged("..", "broker", "conformance", "main.ts")];

async function assent(...args: readonly string[]) {
  let out = "";
  let err = "";
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  return { code: await run(io, args), out, err };
}

function resultsIn(name: string): Results {
  return JSON.parse(readFileSync(join(folder, name, "results.json"), "utf8"));
}

test.each([
  [["frob"], "unknown command"],
  [["broker", "--frob", "--", "x"], "unknown option"],
  [["broker", "--run", "session", "--", "x"], "session/*"],
  [["broker", "--skip", "nothing/*", "--", "x"], "nothing/*"],
  [["broker", "--clause", "XYZ-*", "--", "x"], "XYZ-*"],
  [
    ["broker", "--run", "session/deny", "--skip", "session/*", "--", "x"],
    "no case is left",
  ],
  [["broker", "--profile", "best", "--", "x"], "best"],
  [["broker", "--requirements", "9.9", "--", "x"], "9.9"],
  [["broker", "--repeat", "0", "--", "x"], "above zero"],
  [["broker", "--update-baseline", "--", "x"], "--baseline"],
  [["broker", "--baseline", "none.yaml", "--", "x"], "none.yaml"],
  [["broker"], "assent-conformance.json"],
  [["explain", "session/nothing"], "session/nothing"],
  [["explain", "XYZ-001"], "XYZ-001"],
  [["list", "nothing"], "no such case"],
  [["both", "--", "x"], "----"],
  [["both", "--", "x", "----"], "----"],
  [["sdk", "--sdk", "none", "--", "x"], "--sdk"],
  [["broker", "--interactive", "--", "x"], "terminal"],
  [["broker", "--black-box", "--lock", "y", "--", "x"], "one of the three"],
  [["broker", "--black-box", "--fuzz", "3", "--", "x"], "control service"],
  [["replay", "results.json"], "which case"],
  [["report", "none.json", "--tap", "-"], "none.json"],
  [["init", "everything"], "everything"],
])("%j means nothing: exit code 2", async (args, word) => {
  const { code, err } = await assent(...args);
  expect(err).toContain(word);
  expect(code).toBe(2);
});

test("a broker that does not start: exit code 3, with what it said", async () => {
  const { code, err } = await assent(
    ...["broker", "--run", "session/deny", "--"],
    ...["node", "-e", "console.error('no such luck')"],
  );
  expect(err).toContain("no such luck");
  expect(code).toBe(3);
});

test("a black box that tells its ids wrongly: exit code 3, and what is wrong", async () => {
  const serves = `
    require("node:fs").writeFileSync(process.env.HOME + "/ids.json", "none");
    require("node:net").createServer().listen(process.env.ASSENT_ENDPOINT);`;
  const { code, err } = await assent(
    ...["broker", "--auto-approve", "--run", "revoke/all-own", "--"],
    ...["node", "-e", serves],
  );
  expect(err).toContain("ids.json: not a list of accounts");
  expect(code).toBe(3);
});

test("a case that passes: exit code 0, reports, and again from them", async () => {
  const out = join(folder, "pass");
  const given = [
    "broker",
    "--run",
    "session/deny",
    "--seed",
    "s",
    "--out",
    out,
  ];
  const { code, out: text } = await assent(...given, "--", ...broker);
  expect(text).toContain("session  ✔ 1/1");
  expect(text).toContain("PASSED, what was selected (exit 0)");
  expect(code).toBe(0);
  const { cases, seed, conclusion, implementation } = resultsIn("pass");
  expect(cases).toMatchObject([{ id: "session/deny", verdict: "pass" }]);
  expect([seed, conclusion.conforms]).toEqual(["s", false]);
  expect(implementation.command).toEqual(broker);
  for (const file of [
    "report.html",
    "junit.xml",
    "results.tap",
    "badge.json",
    "summary.md",
  ]) {
    expect(existsSync(join(out, file)), file).toBe(true);
  }
  const results = join(out, "results.json");
  const again = await assent("replay", `${results}#session/deny`);
  expect(again.out).toContain("permission_denied/PROMPT_DENIED");
  expect(again.code).toBe(0);
  expect((await assent("replay", `${results}#session/exit`)).code).toBe(2);
  const tap = await assent("report", results, "--tap", "-");
  expect(tap.out).toContain("ok 1 - session/deny");
});

/** Denies nothing: our broker with a mutation that the suite must notice (B02). */
const mutant = ["env", "ASSENT_MUTANT=B02", ...broker];

test("a case that fails: exit code 1, and 0 once a baseline knows it", async () => {
  const one = ["broker", "--run", "session/deny"];
  const baseline = join(folder, "baseline.yaml");
  const known = [...one, "--baseline", baseline];
  const first = await assent(...known, "--update-baseline", "--", ...mutant);
  expect(first.out).toContain("✘ session/deny");
  expect(first.out).toContain("NOT CONFORMING (exit 1)");
  expect(first.code).toBe(1);
  const second = await assent(...known, "--", ...mutant);
  expect(second.out).toContain("1 failed as the baseline says");
  expect(second.code).toBe(0);
  const healthy = await assent(...known, "--", ...broker);
  expect(healthy.out).toContain("does not fail any more");
  expect(healthy.code).toBe(6);
});

test("a baseline that names what does not exist: exit code 2", async () => {
  const file = join(folder, "lost.yaml");
  writeFileSync(
    file,
    "- {case: session/gone, reason: r, issue: i, until: 2099-01-01}\n",
  );
  const { code, err } = await assent("broker", "--baseline", file, "--", "x");
  expect(err).toContain("session/gone");
  expect(code).toBe(2);
});

test("nothing can be shown of a rule: exit code 5, unless that is allowed", async () => {
  const one = ["broker", "--run", "lock/stream-ends", "expiry/real-time-10min"];
  const { code, out } = await assent(...one, "--", ...broker);
  expect(out).toContain("INCOMPLETE");
  expect(code).toBe(5);
  const allowed = await assent(...one, "--allow-incomplete", "--", ...broker);
  expect(allowed.code).toBe(0);
});

test("a run that is ended: exit code 130, with what was done so far", async () => {
  let out = "";
  const stdout = { write: (text: string) => (out += text) };
  const io = { stdout, stderr: stdout, signal: AbortSignal.abort() };
  const one = ["broker", "--run", "session/deny", "--", ...broker];
  expect(await run(io, one)).toBe(130);
  expect(out).toContain("INTERRUPTED");
});

test("a broker without a control service: commands decide, lock and unlock", {
  timeout: 120_000,
}, async () => {
  const blackBox = ["node", packaged("test", "black-box-broker.mjs")];
  const hook = (role: string) => [...blackBox, role].join(" ");
  const { code, out, err } = await assent(
    ...["broker", "--run", "session/deny", "lock/all", "session/widen-prompts"],
    ...["prompt/cancel-withdraws", "expiry/10-00-000", "session/narrow-scope"],
    ...["--allow-incomplete", "--on-prompt", hook("surface")],
    ...["--lock", hook("lock"), "--unlock", hook("unlock"), "--", ...blackBox],
  );
  expect(err).toBe("");
  expect(out).toContain("grade hooks");
  // The clock, and a narrower yes.
  expect(out).toContain("4 passed, 0 failed   2 not run");
  expect(code).toBe(0);
});

test("an SDK is tried by its driver", async () => {
  const driver = packaged("..", "sdk-node", "conformance", "driver.ts");
  const one = ["sdk", "--debug", "--run", "sdk/first-call-authorizes"];
  const { code, out } = await assent(...one, "--", "node", driver);
  expect(out).toContain("grade driver");
  expect(out).toMatch(/\d+ {2}→ 1 hello\n.*← 1 hello/);
  expect(out).toContain("1 passed, 0 failed");
  expect(code).toBe(0);
});

test("a broker and an SDK in one run, with one report; and one of its cases again", async () => {
  const driver = packaged("templates", "driver.ts");
  const out = join(folder, "both");
  const one = ["both", "--run", "session/deny", "sdk/first-call-authorizes"];
  const how = ["--framing", "json", "--allow-incomplete", "--out", out];
  const named = ["--", "node", driver, "----", ...broker];
  const ran = await assent(...one, ...how, ...named);
  expect(ran.err).toBe("");
  expect(ran.out).toContain("my-sdk 0.1.0");
  expect(ran.out).toContain("1 passed, 0 failed   1 not run");
  expect(ran.code).toBe(0);
  const { mode, cases, clauses } = resultsIn("both");
  expect(mode).toBe("both");
  expect(cases.map(({ verdict }) => verdict)).toEqual(["pass", "not-run"]);
  expect(clauses.map(({ id }) => id)).toContain("SES-003");
  const results = join(out, "results.json");
  for (const [id, code] of [
    ["session/deny", 0],
    // As it was: in JSON, which this driver speaks.
    ["sdk/first-call-authorizes", 5],
  ] as const) {
    const again = await assent("replay", `${results}#${id}`);
    expect([again.code, again.err]).toEqual([code, ""]);
  }
});

test("a person decides, as the terminal says", {
  timeout: 60_000,
}, async () => {
  const stdin = new PassThrough();
  let out = "";
  const acted: Promise<void>[] = [];
  const stdout = {
    write(text: string) {
      out += text;
      acted.push(act(text));
    },
  };
  // What a person would do at the screen, here over the control service.
  async function act(text: string): Promise<void> {
    const home = [...out.matchAll(/HOME=(\S+)/g)].at(-1)?.[1] ?? "";
    const steer = () => connectControl(join(home, "steer.sock"));
    if (text.includes("→ When")) {
      const control = await steer();
      const kind = text.includes("approve") ? 1 : 2;
      const decision = create(DecisionSchema, { kind, unlockMethod: 1 });
      await control.scriptDecisions({ rules: [{ decision }] });
      // One may have come before.
      for (const { promptId, state } of (await control.listPrompts({}))
        .prompts) {
        if (state === 1) await control.decide({ promptId, decision });
      }
      control.close();
    }
    if (text.includes("? How many prompts")) stdin.write("1\n");
    if (text.includes("? How many of them")) stdin.write("0\n");
    if (text.includes("? Which process id")) stdin.write("0\n");
    if (/\? (Lock|Unlock) /.test(text)) {
      const control = await steer();
      await control[text.includes("Unlock") ? "unlock" : "lock"]({});
      control.close();
      stdin.write("\n");
    }
  }
  const blackBox = ["node", packaged("test", "black-box-broker.mjs")];
  const cases = ["--run", "session/deny", "lock/all", "expiry/10-00-000"];
  const given = ["broker", "--interactive", ...cases, "--", ...blackBox];
  const io = { stdin, stdout, stderr: stdout };
  const code = await run(io, given);
  await Promise.all(acted);
  expect(out).toContain("grade interactive");
  expect(out).toContain("2 passed, 0 failed   1 not run");
  expect(out).toContain("deny it");
  expect(code).toBe(5);
});

test("list and explain say what is written down", async () => {
  const list = await assent("list", "session/deny*");
  expect(list.out.trim().split("\n")).toHaveLength(3);
  const json = await assent("list", "**", "--clause", "SES-003", "--json");
  expect(JSON.parse(json.out).length).toBeGreaterThan(2);
  expect((await assent("explain", "session/deny")).out).toContain("B02");
  expect((await assent("explain", "SES-003")).out).toContain("session/deny");
});

test("init writes a file once", async () => {
  const file = join(folder, "made.yaml");
  expect((await assent("init", "baseline", "--to", file)).code).toBe(0);
  expect((await assent("init", "baseline", "--to", file)).code).toBe(2);
  const { out } = await assent("init", "action", "--to", "-");
  expect(out).toContain("@assent/conformance broker");
});
