// SPDX-License-Identifier: Apache-2.0
// Fuzzes every target of packages/broker/fuzz and apps/cli/fuzz, or those that
// are named, and says how to see each finding again. `npm run fuzz -- --help`
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readArguments, wholeNumber } from "./arguments.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folders = ["packages/broker/fuzz", "apps/cli/fuzz"];
const usage = `npm run fuzz [-- options]
  --target NAME  only this one; may be given more than once
  --runs N       inputs for each target (1000000)
  --seconds S    no longer than this for each target (no limit)
  --seed S       where they start (1); "random" takes another each time
  --list         the targets`;

const {
  target: names,
  runs,
  seconds: most,
  seed,
  list,
} = readArguments(
  usage,
  {
    target: { type: "string", multiple: true, default: [] },
    runs: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
  },
  (values) => ({
    ...values,
    runs: wholeNumber("runs", values.runs, 1),
    seconds: wholeNumber("seconds", values.seconds, 0),
    seed:
      values.seed === "random"
        ? Math.floor(Math.random() * 2 ** 48)
        : wholeNumber("seed", values.seed, 0),
  }),
);
const files = new Map(
  folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".fuzz.ts"))
      .map((name) => [basename(name, ".fuzz.ts"), join(root, folder, name)]),
  ),
);
const known = [...files.keys()];
if (list) {
  console.log(known.join("\n"));
  process.exit(0);
}
for (const name of names) {
  if (known.includes(name)) continue;
  console.error(`no such target: ${name}\nthere are: ${known.join(", ")}`);
  process.exit(2);
}

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
// What nobody caught is a finding of whatever runs.
const loose = [];
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error) => {
    loose.push(error);
    stop.abort();
  });
}

const live = process.stderr.isTTY;
let found = 0;
for (const name of names.length > 0 ? names : known) {
  if (stop.signal.aborted) break;
  const { target } = await import(pathToFileURL(files.get(name)).href);
  const started = performance.now();
  let shown = 0;
  const rate = (done) =>
    `${Math.round(done / Math.max(0.001, (performance.now() - started) / 1000))}/s`;
  const onProgress = (done) => {
    const now = performance.now();
    if (now - shown < (live ? 200 : 10_000)) return;
    shown = now;
    process.stderr.write(
      `${live ? "\r\x1b[K" : ""}${name}: ${done} of ${runs}, ${rate(done)}${live ? "" : "\n"}`,
    );
  };
  const result = await target.run({
    seed,
    runs,
    signal:
      most === 0
        ? stop.signal
        : AbortSignal.any([stop.signal, AbortSignal.timeout(most * 1_000)]),
    onProgress,
  });
  if (live) process.stderr.write("\r\x1b[K");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${name}: ${result.runs} inputs in ${seconds} s (${rate(result.runs)}), ${result.findings.length} findings`,
  );
  for (const finding of result.findings) {
    console.log(
      `  ${finding.what}\n    input ${finding.input}\n    again: npm run fuzz -- --target ${name} --seed ${finding.seed} --runs 1`,
    );
  }
  found += result.findings.length;
}
for (const error of loose) {
  console.log(`not caught: ${error?.stack ?? error}`);
}
if (stop.signal.aborted) console.log("stopped before the end");
process.exit(found > 0 || loose.length > 0 ? 1 : stop.signal.aborted ? 130 : 0);
