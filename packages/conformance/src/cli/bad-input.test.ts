// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { packaged } from "../catalogue/catalogue.ts";
import type { Results } from "../report/results.ts";

// Whatever the suite is given, it ends with one clear line, the exit code that
// says whose fault it is, a report of what was run, and no process left behind.

const folder = mkdtempSync(join(tmpdir(), "assent-bad-input-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = packaged("src", "main.ts");
const ours = packaged("..", "broker", "conformance", "main.ts");

interface Bad {
  readonly name: string;
  readonly args: readonly string[];
  readonly exit: number;
  /** Part of the line that says what is wrong. */
  readonly says: RegExp;
  /** How many cases the report tells of; undefined: there is no report. */
  readonly ran?: number;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const node = (name: string, text: string) => [
  "node",
  file(`${name}.mjs`, text),
];
/** Listens at both sockets and does this with each connection. */
const listens = (does: string) => `
import { createServer } from "node:net";
const serve = (socket) => { socket.on("error", () => {}); ${does} };
for (const name of ["ASSENT_ENDPOINT", "ASSENT_CONFORMANCE_CONTROL"]) createServer(serve).listen(process.env[name]);`;
/** Our broker, which dies with the first program that says something. */
const dies = `
import { spawn } from "node:child_process";
import { createServer } from "node:net";
const { ASSENT_ENDPOINT } = process.env;
const env = { ...process.env, ASSENT_ENDPOINT: ASSENT_ENDPOINT + ".real" };
const broker = spawn("node", [${JSON.stringify(ours)}], { stdio: "inherit", env });
createServer((socket) => socket.on("error", () => {}).on("data", () => {
  broker.kill("SIGKILL");
  process.exit(1);
})).listen(ASSENT_ENDPOINT);`;
const forever = "setInterval(() => {}, 1000);";

const deny = ["broker", "--run", "session/deny", "--timeout", "6"];
const first = ["sdk", "--run", "sdk/first-call-authorizes", "--timeout", "6"];
const json = ["--framing", "json"];

const bad: readonly Bad[] = [
  {
    name: "a broker that is not there",
    args: [...deny, "--", "./no-such-broker"],
    exit: 3,
    says: /did not start: .*no-such-broker.*ENOENT/,
    ran: 0,
  },
  {
    name: "a broker that ends at once",
    args: [
      ...deny,
      "--",
      ...node("ends", `console.error("no such luck"); process.exit(7);`),
    ],
    exit: 3,
    says: /did not start: it ended \(7\)/,
    ran: 0,
  },
  {
    name: "a broker that serves nothing, and ignores SIGTERM",
    args: [
      ...deny,
      "--",
      ...node("idle", `process.on("SIGTERM", () => {}); ${forever}`),
    ],
    exit: 3,
    says: /nothing listens at ASSENT_CONFORMANCE_CONTROL/,
    ran: 0,
  },
  {
    name: "a broker that leaves a process behind",
    args: [
      ...deny,
      "--",
      ...node(
        "leaves",
        `import { spawn } from "node:child_process"; spawn("node", ["-e", "${forever}", process.env.ASSENT_BAD_INPUT], { stdio: "ignore" });`,
      ),
    ],
    exit: 3,
    says: /did not start/,
    ran: 0,
  },
  {
    name: "a broker that floods its output",
    args: [
      ...deny,
      "--",
      ...node(
        "floods",
        `const text = "x".repeat(1 << 20); const more = () => process.stdout.write(text, more); more();`,
      ),
    ],
    exit: 3,
    says: /did not start: it prints more than 16 MiB/,
    ran: 0,
  },
  {
    name: "a control service that answers with garbage",
    args: [
      ...deny,
      "--",
      ...node("garbage", listens(`socket.write("hello\\r\\n\\r\\n");`)),
    ],
    exit: 3,
    says: /ASSENT_CONFORMANCE_CONTROL is no control service/,
    ran: 0,
  },
  {
    name: "a control service that never answers",
    args: [...deny, "--", ...node("mute", listens("socket.resume();"))],
    exit: 3,
    says: /no control service: no answer within 6 s/,
    ran: 0,
  },
  {
    name: "a control service that hangs up",
    args: [...deny, "--", ...node("hangs-up", listens("socket.destroy();"))],
    exit: 3,
    says: /ASSENT_CONFORMANCE_CONTROL is no control service/,
    ran: 0,
  },
  {
    name: "a driver that is not there",
    args: [...first, "--", "./no-such-driver"],
    exit: 3,
    says: /the driver did not start: .*ENOENT/,
    ran: 0,
  },
  {
    name: "a driver that ends at once",
    args: [...first, "--", ...node("driver-ends", "process.exit(7);")],
    exit: 3,
    says: /did not answer hello: it ended \(7\)/,
    ran: 0,
  },
  {
    name: "a driver that says nothing",
    args: [...first, "--", ...node("driver-mute", forever)],
    exit: 3,
    says: /did not answer hello: hello did not end within 6 s/,
    ran: 0,
  },
  {
    name: "a driver that writes garbage",
    args: [
      ...first,
      ...json,
      "--",
      ...node("driver-garbage", `console.log("hello"); ${forever}`),
    ],
    exit: 3,
    says: /no message of the driver protocol/,
    ran: 0,
  },
  {
    name: "a driver that writes a line without an end",
    args: [
      ...[...first, "--timeout", "60", ...json, "--"],
      ...node(
        "driver-line",
        `const text = "x".repeat(1 << 20); const more = () => process.stdout.write(text, more); more();`,
      ),
    ],
    exit: 3,
    says: /the driver: a line beyond 16 MiB/,
    ran: 0,
  },
  {
    name: "a driver that floods its standard error",
    args: [
      ...first,
      "--",
      ...node(
        "driver-floods",
        `const text = "x".repeat(1 << 20); const more = () => process.stderr.write(text, more); more();`,
      ),
    ],
    exit: 3,
    says: /prints more than 16 MiB/,
    ran: 0,
  },
  {
    name: "a broker that crashes when it is called",
    args: [...["broker", "--run", "session/deny", "--"], ...node("dies", dies)],
    exit: 1,
    says: /no answer .*; the broker: it has ended/,
    ran: 1,
  },
  {
    name: "an option that does not exist",
    args: ["broker", "--profil", "core", "--", "x"],
    exit: 2,
    says: /unknown option '--profil'/,
  },
  {
    name: "a pattern that matches nothing",
    args: ["broker", "--run", "sesion/*", "--", "x"],
    exit: 2,
    says: /no case of a broker is called sesion\/\*/,
  },
  {
    name: "a baseline that is no YAML",
    args: [...deny, "--baseline", file("a.yaml", "- {case: ["), "--", "x"],
    exit: 2,
    says: /a\.yaml/,
  },
  {
    name: "a baseline that is no list",
    args: [...deny, "--baseline", file("b.yaml", "case: x"), "--", "x"],
    exit: 2,
    says: /b\.yaml: not a list/,
  },
  {
    name: "an entry of a baseline without a reason",
    args: [
      ...deny,
      "--baseline",
      file("c.yaml", "- {case: session/deny, issue: i, until: 2099-01-01}"),
      "--",
      "x",
    ],
    exit: 2,
    says: /entry 1: "reason" is missing/,
  },
  {
    name: "a baseline that has expired",
    args: [
      ...["broker", "--run", "session/deny", "--baseline"],
      file(
        "d.yaml",
        "- {case: session/deny, reason: r, issue: i, until: 2001-01-01}",
      ),
      ...["--", "node", ours],
    ],
    exit: 6,
    says: /stale: session\/deny: expired on 2001-01-01/,
    ran: 1,
  },
  {
    name: "results of another version",
    args: [
      "report",
      file("e.json", `{"form":2,"suite":"assent-conformance 9.0.0"}`),
      "--tap",
      "-",
    ],
    exit: 2,
    says: /results of form 2, and this suite reads form 1.*9\.0\.0/,
  },
  {
    name: "results that are something else",
    args: ["report", file("f.json", `{"form":1,"cases":[]}`), "--tap", "-"],
    exit: 2,
    says: /f\.json: no results of this suite/,
  },
  {
    name: "results that are no JSON",
    args: ["replay", `${file("g.json", "{")}#session/deny`],
    exit: 2,
    says: /g\.json: /,
  },
];

test.concurrent.each(bad)(
  "$name: exit code $exit",
  {
    timeout: 120_000,
  },
  async ({ name, args, exit, says, ran }) => {
    const mark = `bad-input-${name.replaceAll(" ", "-")}-${process.pid}`;
    const out = join(folder, mark);
    const [command = "", ...rest] = args;
    const reporting = ran === undefined ? [] : ["--out", out];
    const child = spawn(
      process.execPath,
      [main, command, ...reporting, ...rest],
      {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
        // Those it starts hand it on; so they can be found.
        env: { ...process.env, ASSENT_BAD_INPUT: mark, TMPDIR: folder },
      },
    );
    let told = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        told += bytes;
      });
    }
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(told).toMatch(says);
    expect(told).not.toContain("    at ");
    expect(code, told).toBe(exit);
    const report = join(out, "results.json");
    expect(existsSync(report)).toBe(ran !== undefined);
    if (ran !== undefined) {
      const results: Results = JSON.parse(readFileSync(report, "utf8"));
      expect(results.conclusion.exit).toBe(exit);
      expect(results.cases).toHaveLength(ran);
    }
  },
);

/** User and system time of a process so far, in ticks. */
function processorTime(pid = 0): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).join(" ");
}

test("the suite itself is killed: what it tried ends with it", {
  timeout: 60_000,
}, async () => {
  const file = join(folder, "goes-on.mjs");
  writeFileSync(
    file,
    `process.on("SIGTERM", () => {}); setInterval(() => {}, 1_000); process.stdout.write("here");`,
  );
  const args = [main, "broker", "--run", "session/deny", "--", "node", file];
  const child = spawn(process.execPath, args, { cwd: folder });
  const those = () =>
    commandLines().filter((words) => words === `node\0${file}\0`);
  // Which groups there are is told right after they begin: whoever is idle told it.
  let before = "";
  const isIdle = () => {
    const now = processorTime(child.pid);
    const same = now === before;
    before = now;
    return same;
  };
  await vi.waitUntil(() => isIdle() && those().length > 0, {
    timeout: 20_000,
    interval: 200,
  });
  child.kill("SIGKILL");
  await vi.waitUntil(() => those().length === 0, { timeout: 20_000 });
});

test("nothing of it is left: no process, no home", () => {
  const left = commandLines().filter((words) => words.includes(`${folder}/`));
  expect(left).toEqual([]);
  const homes = readdirSync(folder).filter((name) =>
    name.startsWith("assent-conf-"),
  );
  expect(homes).toEqual([]);
});

/** Of every process but this one, as the system has it. */
function commandLines(): readonly string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
    } catch {
      return [];
    }
  });
}
