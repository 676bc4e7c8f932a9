// SPDX-License-Identifier: Apache-2.0
// Compares the schema with the newest release, else with the parent commit:
// what is served may grow within a major version, never break.
import { execFileSync, spawnSync } from "node:child_process";

const git = (...args) => {
  try {
    return execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
};
const release = git("tag", "--list", "@assent/protocol@*", "--sort=-v:refname")
  .split("\n")
  .find((tag) => tag !== "");
const against = release ?? git("rev-parse", "--verify", "HEAD~1");
if (
  against === "" ||
  git("ls-tree", "-r", "--name-only", against, "proto") === ""
) {
  console.log(
    "buf breaking: NOT RUN, there is no earlier schema to compare with" +
      " (no release, and no parent commit that has one).",
  );
  process.exit(0);
}
console.log(
  `buf breaking: comparing with ${release ?? `the parent commit ${against.slice(0, 12)}`}`,
);
const { status } = spawnSync(
  "buf",
  ["breaking", "--against", `.git#ref=${against}`],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
