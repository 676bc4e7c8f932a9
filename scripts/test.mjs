// SPDX-License-Identifier: Apache-2.0
// Runs the tests of every workspace, one workspace after the other, and says
// at the end how many passed and failed in all. Arguments name workspaces
// (`npm test -- packages/broker`); none means all.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const results = mkdtempSync(join(tmpdir(), "assent-test-"));
const all = [
  "packages/protocol",
  "packages/wording",
  "packages/sdk-browserless",
  "packages/sdk-node",
  "packages/broker",
  "packages/conformance",
  "apps/prompt-ui",
  "apps/cli",
  "scripts",
];
const chosen = process.argv.slice(2).map((name) => name.replace(/\/$/, ""));
for (const name of chosen) {
  if (!all.includes(name)) {
    console.error(`no such workspace: ${name}\nthere are: ${all.join(", ")}`);
    process.exit(2);
  }
}

const sum = { passed: 0, failed: 0, skipped: 0 };
const broken = [];
for (const workspace of chosen.length > 0 ? chosen : all) {
  console.log(`\n── ${workspace}`);
  const counts = await testTypes(workspace);
  add(counts);
  add(
    existsSync(join(root, workspace, "vitest.config.ts"))
      ? await vitest(workspace)
      : await uvu(workspace),
  );
}
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

/** Tests are typechecked too: one count for each workspace. */
async function testTypes(workspace) {
  if (!existsSync(join(root, workspace, "tsconfig.test.json"))) return {};
  const { status } = await run("tsc", ["-p", "tsconfig.test.json"], workspace);
  return {
    workspace,
    failed: status === 0 ? 0 : 1,
    passed: status === 0 ? 1 : 0,
  };
}

async function vitest(workspace) {
  const file = join(results, `${workspace.replaceAll("/", "-")}.json`);
  const { status } = await run(
    "vitest",
    [
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ],
    workspace,
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

async function uvu(workspace) {
  const { status, output } = await run(
    "node",
    [join(root, "scripts", "uvu.js")],
    workspace,
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

function run(command, args, workspace) {
  return new Promise((resolve, reject) => {
    let output = "";
    const child = spawn(join(bin, command), args, {
      cwd: join(root, workspace),
      env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}` },
      stdio: ["ignore", "pipe", "inherit"],
      // What hangs is broken: it fails, and says where.
      timeout: 15 * 60_000,
      killSignal: "SIGKILL",
    });
    child.stdout.on("data", (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
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
