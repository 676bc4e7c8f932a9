// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packaged } from "../catalogue/catalogue.ts";
import { type Installed, installPacked } from "./installed.fixture.ts";

// A broker by another hand, in Python, is tried whole by one of them: the suite
// tests the rules and not our code. A stranger follows the guides: in an empty folder with the packed suite, each
// command in its order, and what they print is what the guides show.

const guides = packaged("..", "..", "docs", "conformance");
const install = "npm install --save-dev @assent/conformance";
const needsPython = /python3 (node_modules|broken)\S*(broker-python|broken)/;
const hasPython =
  spawnSync("/usr/bin/python3", [
    "-c",
    "import h2, google.protobuf, grpc_tools",
  ]).status === 0;

/** Commands in one block, what they exit with in the end, and what is shown of what they print. */
interface Step {
  readonly commands: readonly string[];
  readonly exit: number;
  readonly shown: readonly string[];
}

function stepsOf(markdown: string): readonly Step[] {
  const block =
    /(?:^<!-- exit: (\d+) -->\n)?^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?/gms;
  return [...markdown.matchAll(block)].map(
    ([, exit = "0", commands = "", shown = ""]) => ({
      commands: commands.trim().split("\n"),
      exit: Number(exit),
      shown: shown.split("\n").filter((line) => line.trim() !== ""),
    }),
  );
}

let installed: Installed;
const folders: string[] = [];
beforeAll(() => {
  installed = installPacked();
}, 120_000);
afterAll(() => {
  installed.remove();
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

/** What the reader has besides: a broker with a control service, and one with hooks. */
function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "assent-guide-"));
  folders.push(folder);
  const blackBox = packaged("test", "black-box-broker.mjs");
  for (const [name, command] of [
    ["my-broker", packaged("..", "broker", "conformance", "main.ts")],
    ["start-my-broker", blackBox],
    ["decide", `${blackBox} surface`],
    ["lock", `${blackBox} lock`],
    ["unlock", `${blackBox} unlock`],
  ]) {
    const text = `#!/bin/sh\nexec "${process.execPath}" ${command} "$@"\n`;
    writeFileSync(join(folder, name ?? ""), text, { mode: 0o755 });
  }
  return folder;
}

async function shell(command: string, folder: string) {
  if (command === install) {
    const modules = join(folder, "node_modules");
    cpSync(join(installed.folder, "node_modules"), modules, {
      recursive: true,
      verbatimSymlinks: true,
    });
    return { exit: 0, out: "" };
  }
  const system = "/usr/bin:/bin";
  const child = spawn("bash", ["-c", command], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    // No name of the repository's own comes before the packed one.
    env: {
      PATH: `${dirname(process.execPath)}:${system}`,
      HOME: folder,
      npm_config_offline: "true",
      npm_config_update_notifier: "false",
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
    },
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      out += bytes;
    });
  }
  const exit = await new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  return { exit, out };
}

// For those who work on the suite itself: its commands take a clone and minutes.
const inTheRepository = "testing-the-suite.md";

describe.each(
  readdirSync(guides)
    .filter((name) => name.endsWith(".md") && name !== inTheRepository)
    .map((name) => ({
      name,
      steps: stepsOf(readFileSync(join(guides, name), "utf8")),
    }))
    .filter(({ steps }) => steps.length > 0),
)("the guide $name", ({ name, steps }) => {
  let folder = "";
  it.each(steps)("$commands", { timeout: 400_000 }, async (step) => {
    if (folder === "") folder = place();
    const text = step.commands.join("\n");
    if (needsPython.test(text) && !hasPython) {
      console.warn(
        `NOT RUN: ${basename(name)}, ${text} (apt-get install python3-h2 python3-protobuf python3-grpc-tools)`,
      );
      return;
    }
    let last = { exit: 0 as number | null, out: "" };
    for (const [index, command] of step.commands.entries()) {
      last = await shell(command, folder);
      const isLast = index === step.commands.length - 1;
      expect(last.exit, `${command}\n${last.out}`).toBe(isLast ? step.exit : 0);
    }
    for (const line of step.shown) expect(last.out).toContain(line.trim());
    expect(existsSync(folder)).toBe(true);
  });
});

it("there are guides", () => {
  const commands = readdirSync(guides)
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) => stepsOf(readFileSync(join(guides, name), "utf8")))
    .flatMap((step) => step.commands);
  expect(commands.length).toBeGreaterThan(25);
});
