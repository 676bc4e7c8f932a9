// SPDX-License-Identifier: Apache-2.0
// Prints, for each rule of the conformance suite's catalogue, the tests that
// name it, as found in the test files, and which MUST has none. With `--threats` the attacks of
// SECURITY.md (T1, T2, …) instead, with `--rows` what was tried with processes
// in docs/peer-identity.md (A1, A2, …). `--check` prints what has no test and should, and fails when
// there is any.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  isMust,
  loadCatalogue,
} from "../packages/conformance/src/catalogue/catalogue.ts";
import { readArguments } from "./arguments.mjs";

const usage = `npm run clauses [-- options]
  --threats  the attacks of SECURITY.md in the place of rules
  --rows     what was tried with processes, of docs/peer-identity.md
  --check    only what has no test and should; fails when there is any`;
const values = readArguments(usage, {
  check: { type: "boolean", default: false },
  threats: { type: "boolean", default: false },
  rows: { type: "boolean", default: false },
});

/** Rules without a test, and why. */
const excused = new Map([
  ["EXP-009", "response streams: every call of BrokerService is unary"],
  ["LCK-003", "response streams: every call of BrokerService is unary"],
  ["TST-001", "the control service comes with the conformance suite"],
]);

const kinds = {
  rules: { id: /[A-Z]-\d{3}/, read: readRules },
  threats: {
    id: /\bT\d+b?\b/,
    read: () => readTable("SECURITY.md", /^\| (T\d[^|]*)\|/),
  },
  rows: {
    id: /^[A-H]\d\b/,
    read: () => readTable("docs/peer-identity.md", /^\| ([A-H]\d[^|]*)\|/),
  },
};
const chosen = values.threats ? "threats" : values.rows ? "rows" : "rules";
const kind = kinds[chosen];

const files = execFileSync(
  "git",
  [
    "ls-files",
    "-co",
    "--exclude-standard",
    "*.test.ts",
    // There clauses are data, not what is proven.
    ":!packages/conformance",
  ],
  { encoding: "utf8" },
)
  .trim()
  .split("\n");
const tests = files.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  // Every string of a test file that names one is a title of a test.
  const titles = text.matchAll(/(["'`])((?:\\.|(?!\1)[^\\\n])+)\1/g);
  return [...titles]
    .filter(([, , title]) => kind.id.test(title))
    .map(([, , title]) => ({ file, title }));
});

let missing = 0;
const listed = kind.read();
for (const { id, level, needed } of listed) {
  const proving = tests.filter(({ title }) => names(title, id));
  const reason = excused.get(id);
  if (proving.length > 0) {
    if (values.check) continue;
    console.log(`${id} ${level}`);
    for (const { file, title } of proving) console.log(`    ${file}: ${title}`);
  } else if (needed && reason === undefined) {
    missing += 1;
    console.log(`${id} ${level}\n    NO TEST`);
  } else if (!values.check) {
    console.log(`${id} ${level}\n    no test: ${reason ?? "a SHOULD"}`);
  }
}
console.log(`${listed.length} ${chosen}, ${missing} without a test`);
if (values.check && (missing > 0 || listed.length === 0)) process.exit(1);

function readRules() {
  return [...loadCatalogue().clauses.values()].map((clause) => ({
    id: clause.id,
    level: clause.level,
    needed: isMust(clause),
  }));
}

/** The ids in the first column of a table, "T29, T29b" being two. */
function readTable(file, row) {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => row.exec(line)?.[1]?.match(/[A-Z]\d+b?/g) ?? [])
    .map((id) => ({ id, level: "", needed: true }));
}

/** "PRM-001 to PRM-004", "WIR-001 to -005" and "A1 to A3" name those between as well. */
function names(title, id) {
  if (new RegExp(`\\b${id}\\b`).test(title)) return true;
  const [family, number] = id.split(/-|(?<=^[A-Z])(?=\d)/);
  return [
    ...title.matchAll(/\b([A-Z]+)-?(\d+)b? to (?:[A-Z]+)?-?(\d+)b?\b/g),
  ].some(
    ([, f, from, to]) =>
      f === family &&
      Number(number) >= Number(from) &&
      Number(number) <= Number(to),
  );
}
