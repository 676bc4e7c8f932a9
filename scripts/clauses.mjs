// SPDX-License-Identifier: Apache-2.0
// Prints, for each rule of docs/rules.tsv, the tests that name it, as found in
// the test files, and which MUST has none. `--check` fails when a MUST has none
// that is not listed as open below.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Rules without a test yet, and why. */
const open = new Map([
  ["EXP-009", "response streams: every call of BrokerService is unary"],
  ["LCK-003", "response streams: every call of BrokerService is unary"],
  ["TST-001", "the control service comes with the conformance suite"],
]);

const rules = readFileSync("docs/rules.tsv", "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t"));
const files = execFileSync(
  "git",
  ["ls-files", "-co", "--exclude-standard", "*.test.ts"],
  { encoding: "utf8" },
)
  .trim()
  .split("\n");
const tests = files.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  // Every string of a test file that names a rule is a title of a test.
  const titles = text.matchAll(
    /(["'`])((?:\\.|(?!\1)[^\\\n])*[A-Z]-\d{3}(?:\\.|(?!\1)[^\\\n])*)\1/g,
  );
  return [...titles].map(([, , title]) => ({ file, title }));
});

let missing = 0;
for (const [id, level] of rules) {
  const proving = tests.filter(({ title }) => names(title, id));
  const reason = open.get(id);
  if (proving.length > 0) {
    console.log(`${id} ${level}`);
    for (const { file, title } of proving) console.log(`    ${file}: ${title}`);
  } else if (level.startsWith("MUST") && reason === undefined) {
    missing += 1;
    console.log(`${id} ${level}\n    NO TEST`);
  } else {
    console.log(`${id} ${level}\n    no test: ${reason ?? "a SHOULD"}`);
  }
}
console.log(`\n${rules.length} rules, ${missing} MUST without a test`);
if (process.argv.includes("--check") && missing > 0) process.exit(1);

/** "PRM-001 to PRM-004" and "WIR-001 to -005" name those between as well. */
function names(title, id) {
  if (title.includes(id)) return true;
  const [family, number] = id.split("-");
  return [...title.matchAll(/([A-Z]+)-(\d{3}) to (?:[A-Z]+)?-?(\d{3})/g)].some(
    ([, f, from, to]) => f === family && number >= from && number <= to,
  );
}
