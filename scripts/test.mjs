// SPDX-License-Identifier: Apache-2.0
// Runs the tests of every workspace, five at a time, and says at the
// end how many passed and failed in all. What a workspace says is shown when it
// is through; alone, as it comes. Arguments name workspaces
// (`npm test -- packages/broker`); none means all.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
// Tests start hundreds of processes: each finds compiled what one compiled before.
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "node");
const results = mkdtempSync(join(tmpdir(), "assent-test-"));
// What takes longest comes first. A workspace may be there in parts, which run
// side by side: each is what vitest is told besides.
const all = [
  { workspace: "apps/cli" },
  { workspace: "packages/conformance" },
  { workspace: "packages/broker", part: ["--dir", "test"] },
  { workspace: "apps/prompt-ui" },
  { workspace: "packages/broker", part: ["--exclude", "test/**"] },
  { workspace: "scripts" },
  { workspace: "packages/wording" },
  { workspace: "packages/sdk-node" },
  { workspace: "packages/sdk-browserless" },
  { workspace: "packages/protocol" },
];
const workspaces = [...new Set(all.map(({ workspace }) => workspace))];
const lanes = 5;
const chosen = process.argv.slice(2).map((name) => name.replace(/\/$/, ""));
for (const name of chosen) {
  if (!workspaces.includes(name)) {
    console.error(
      `no such workspace: ${name}\nthere are: ${workspaces.join(", ")}`,
    );
    process.exit(2);
  }
}

const typechecked = new Set();
const sum = { passed: 0, failed: 0, skipped: 0 };
const broken = [];
const waiting = all.filter(
  ({ workspace }) => chosen.length === 0 || chosen.includes(workspace),
);
const isAlone = waiting.length === 1;
const lane = async () => {
  for (;;) {
    const next = waiting.shift();
    if (next === undefined) return;
    const { workspace, part = [] } = next;
    const name = [workspace, ...part].join(" ");
    const beganMs = Date.now();
    console.log(isAlone ? `\n── ${name}` : `testing ${name} …`);
    const said = [];
    const counts = [
      await testTypes(workspace, said),
      existsSync(join(root, workspace, "vitest.config.ts"))
        ? await vitest(workspace, part, said)
        : await uvu(workspace, said),
    ];
    counts.forEach(add);
    if (isAlone) continue;
    const seconds = Math.round((Date.now() - beganMs) / 1_000);
    console.log(`\n── ${name}, ${seconds} s\n${said.join("")}`);
  }
};
await Promise.all(Array.from({ length: lanes }, lane));
rmSync(results, { recursive: true, force: true });

if (sum.skipped > 0) {
  console.log(`\n${sum.skipped} NOT RUN: each says above what it needs.`);
}
for (const workspace of broken) console.log(`\nfailed: ${workspace}`);
console.log(
  `\n${sum.passed} passed, ${sum.failed} failed${
    sum.skipped > 0 ? `, ${sum.skipped} skipped` : ""
  }`,
);
process.exitCode =
  broken.length === 0 && sum.failed === 0 && sum.passed > 0 ? 0 : 1;

/** Tests are typechecked too, once: one count for each workspace. */
async function testTypes(workspace, said) {
  if (!existsSync(join(root, workspace, "tsconfig.test.json"))) return {};
  if (typechecked.has(workspace)) return {};
  typechecked.add(workspace);
  const { status } = await run(
    "tsc",
    ["-p", "tsconfig.test.json"],
    workspace,
    said,
  );
  return {
    workspace,
    failed: status === 0 ? 0 : 1,
    passed: status === 0 ? 1 : 0,
  };
}

async function vitest(workspace, part, said) {
  const name = [workspace, ...part].join(" ").replaceAll(/\W+/g, "-");
  const file = join(results, `${name}.json`);
  const { status } = await run(
    "vitest",
    [
      "run",
      ...part,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ],
    workspace,
    said,
  );
  if (!existsSync(file)) return { workspace, failed: 1 };
  const report = JSON.parse(readFileSync(file, "utf8"));
  const failed = report.numFailedTests;
  return {
    workspace,
    passed: report.numPassedTests,
    // A file that does not load fails no test, but the run.
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function uvu(workspace, said) {
  const { status, output } = await run(
    "node",
    [join(root, "scripts", "uvu.js")],
    workspace,
    said,
  );
  const match = /^uvu: (\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(
    stripVTControlCharacters(output),
  );
  const [passed = 0, failed = 0, skipped = 0] =
    match?.slice(1).map(Number) ?? [];
  return {
    workspace,
    passed,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped,
  };
}

function run(command, args, workspace, said) {
  return new Promise((resolve, reject) => {
    let output = "";
    const child = spawn(join(bin, command), args, {
      cwd: join(root, workspace),
      env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}` },
      stdio: ["ignore", "pipe", "pipe"],
      // What hangs is broken: it fails, and says where.
      timeout: 15 * 60_000,
      killSignal: "SIGKILL",
    });
    const tell = (chunk) => {
      if (isAlone) process.stdout.write(chunk);
      else said.push(chunk);
    };
    child.stdout.on("data", (chunk) => {
      output += chunk;
      tell(chunk);
    });
    child.stderr.on("data", tell);
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}

function add({ workspace, passed = 0, failed = 0, skipped = 0 }) {
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
  if (failed > 0) broken.push(workspace);
}
