// SPDX-License-Identifier: Apache-2.0
// Makes a fresh clone ready: installs what the lock file says and builds.
// Built-in modules alone, Node 20 or later, so that it runs before anything is
// installed. Quick when nothing changed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mark = join(root, "node_modules", ".assent-setup");

if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(
    `Node 20 or later is needed to set up, this is ${process.version}.`,
    "Get a newer one from https://nodejs.org, then run this again.",
  );
}

const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .update(`${process.platform} ${process.arch}`)
  .digest("hex");
const installed =
  existsSync(mark) && readFileSync(mark, "utf8").trim() === lock;
if (!installed) {
  await step("Installing what package-lock.json names", "npm", [
    "ci",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, `${lock}\n`);
}
const node = join(root, "node_modules", ".bin", "node");
if (!existsSync(node) && process.platform !== "win32") {
  fail(
    "The Node of this project is not in node_modules/.bin.",
    "Its install script did not run: try `npm ci` without --ignore-scripts.",
  );
}
await step("Building", join("node_modules", ".bin", "turbo"), [
  "run",
  "build",
  "--output-logs=errors-only",
  "--no-update-notifier",
]);

/** Run a command; its output is shown only when it fails, or when it takes long. */
async function step(title, command, args) {
  const began = Date.now();
  const live = process.stderr.isTTY;
  const seconds = () => Math.round((Date.now() - began) / 1000);
  process.stderr.write(live ? `${title} … ` : `${title} …\n`);
  const ticker = setInterval(
    () => {
      process.stderr.write(
        live ? `\r${title} … ${seconds()} s ` : `  ${seconds()} s\n`,
      );
    },
    live ? 1000 : 15_000,
  );
  let output = "";
  const status = await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: {
        ...process.env,
        DO_NOT_TRACK: "1",
        TURBO_TELEMETRY_DISABLED: "1",
        PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH ?? ""}`,
      },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", resolve);
  }).catch((error) => {
    output += `${error.message}\n`;
    return 1;
  });
  clearInterval(ticker);
  if (status !== 0) {
    process.stderr.write(`\n${output}\n`);
    fail(`${title} failed (see above).`, "Mend that, then run this again.");
  }
  process.stderr.write(
    live ? `\r${title} … done, ${seconds()} s\n` : `  done, ${seconds()} s\n`,
  );
}

function fail(what, next) {
  process.stderr.write(`${what}\n${next}\n`);
  process.exit(1);
}
