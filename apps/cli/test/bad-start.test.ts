// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exitCodesHelp } from "../src/exit.ts";
import { type BadStart, badStarts } from "./bad-starts.ts";
import { mainScript } from "./daemon.ts";

const guide = readFileSync(
  new URL("../../../docs/troubleshooting.md", import.meta.url),
  "utf8",
);

const ways = {
  root: [process.getuid?.() === 0, "root: sudo npm test"],
  mkfifo: [works("mkfifo", "--version"), "apt-get install coreutils"],
  unshare: [
    works("unshare", "-Urm", "mount", "-t", "tmpfs", "none", tmpdir()),
    "apt-get install util-linux, and unprivileged user namespaces",
  ],
} as const;

function works(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args).status === 0;
}

const compiled = mkdtempSync(join(tmpdir(), "assent-compiled-"));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

describe("a broker that cannot start says why in one line, with its code, and leaves no trace", () => {
  for (const start of badStarts) {
    const [can, how] =
      start.needs === undefined ? [true, ""] : ways[start.needs];
    const name = `over ${start.what} (T13, T14, T36, T38)`;
    if (can) it.concurrent(name, () => tryOut(start));
    else it.skip(`${name}; NOT RUN without: ${how}`);
    if (!can) process.stderr.write(`NOT RUN: ${name}\n  it needs ${how}\n`);
  }
});

async function tryOut(start: BadStart): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "assent-bad-"));
  const home = mkdtempSync(join(parent, "h"));
  try {
    start.arrange?.(home);
    using _ = await start.hold?.(home);
    const before = tree(parent);
    const { code, text } = await runBroker(start, home);
    const lines = text.trimEnd().split("\n");
    expect(lines.map(general)).toEqual([`assent: ${start.line}`]);
    expect(code).toBe(start.code);
    const isMadeByRow = start.needs === "mkfifo";
    if (!isMadeByRow) expect(tree(parent)).toEqual(before);
    expect(guide).toContain(`| \`${documented(start.line)}\` |`);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function runBroker(
  start: BadStart,
  home: string,
): Promise<{ code: number | null; text: string }> {
  const { ASSENT_HOME: _, ASSENT_ENDPOINT: __, ...rest } = process.env;
  const environment = start.environment?.(home);
  const named = environment === undefined ? ["--home", home] : [];
  const args = [
    process.execPath,
    mainScript,
    "broker",
    "run",
    ...named,
    ...(start.args?.(home) ?? []),
  ];
  const shell = start.under === undefined ? [] : ["sh", "-c", start.under];
  const [command = "", ...others] =
    shell.length === 0 ? args : [...shell, home, ...args];
  const child = spawn(command, others, {
    stdio: ["ignore", "pipe", "pipe"],
    // Started many times: what was compiled once will do.
    env: { NODE_COMPILE_CACHE: compiled, ...rest, ...environment },
    cwd: tmpdir(),
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
      // It did start: so it is told, and not waited for.
      if (text.includes("Assent is running")) child.kill("SIGKILL");
    });
  }
  return new Promise((resolve) =>
    child.once("close", (code) => resolve({ code, text })),
  );
}

/** Without what differs from one run to the next. */
function general(line: string): string {
  return line
    .replace(/(?<=[\s']|^)\/[^\s:;']+/g, "PATH")
    .replace(/(?<=does not load on )\w+ \w+/, "SYSTEM")
    .replace("begin with PATH", "begin with /");
}

/** As the guide has it: names and numbers of one case stand for all. */
function documented(line: string): string {
  return line
    .replace(/some\/where\S*(?=;)/, "PATH")
    .replace(/ has x<.*?>, /, " has NAME, ")
    .replace(/wrong autoLockMs: it is .*?:/, "wrong NAME: it is ...:")
    .replace(/\((E\w+)\): name/, "(CODE): name")
    .replace("22.1.0", "VERSION")
    .replace(/argument 'loud'.*$/, "argument '...' is invalid. ...");
}

/** Every path with its kind, mode and content. */
function tree(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    const { mode, uid } = lstatSync(path);
    const head = `${path} ${mode.toString(8)} ${uid}`;
    if (entry.isDirectory()) return [head, ...tree(path)];
    if (entry.isSymbolicLink()) return [`${head} ${readlinkSync(path)}`];
    if (!entry.isFile()) return [head];
    return [
      `${head} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`,
    ];
  });
}

it("every exit code of assent is in the guide", () => {
  for (const [, code, meaning] of exitCodesHelp.matchAll(
    /^ {2}(\d+) +(.*)$/gm,
  )) {
    expect(guide).toContain(`| ${code} | ${meaning} |`);
  }
});
