// SPDX-License-Identifier: Apache-2.0
// npm run bench: what is on the way of a secret, measured. Each benchmark runs
// in a process of its own, one after the other. No test depends on a figure.
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readArguments } from "../scripts/arguments.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const benchmarks = {
  peer: "packages/broker/bench/peer.bench.ts",
  vault: "packages/broker/bench/vault-open.bench.ts",
  broker: "bench/broker.bench.mjs",
  request: "bench/request.bench.mjs",
  command: "bench/command.bench.mjs",
  import: "bench/import.bench.mjs",
  "run-masking": "bench/run-masking.bench.mjs",
};
/** What each figure is, and the most it should be. */
const figures = {
  peer_recheck_us: ["µs  to know a process again, at each Request", 10],
  peer_recheck_p99_us: ["µs  the same, 99 of 100"],
  peer_capture_us: ["µs  to know a process when it connects", 150],
  vault_10k_open_ms: ["ms  to open 10,000 items, after the password's", 250],
  resolve_in_process_us: [
    "µs  to open one secret inside the broker, of 100 in use",
    20,
  ],
  resolve_any_us: ["µs  the same, each time another of 10,000"],
  resolve_floor_us: [
    "µs  of it, what the runtime alone takes: a row, an envelope, a hash",
  ],
  broker_ready_ms: ["ms  from start to serving", 1000],
  broker_idle_mb: ["MB  resident, idle", 120],
  command_ms: ["ms  the shortest command, from its start to its end"],
  status_ms: ["ms  assent status, from its start to its end"],
  read_whole_ms: ["ms  assent read, but for the time that the person takes"],
  broker_answer_ms: ["ms  of it, the same to a program that runs already"],
  read_adds_ms: ["ms  what assent read adds to that", 150],
  bare_node_ms: ["ms  of it, a Node that does nothing"],
  request_us: ["µs  one secret through the SDK, everything included"],
  stock_connect_us: [
    "µs  the same call to a stock connect-node that only echoes",
  ],
  raw_http2_us: ["µs  a bare HTTP/2 echo of the runtime"],
  request_vs_stock_connect: ["×   the SDK against stock connect-node", 1.2],
  import_10k_s: ["s   to import 10,000 items", 5],
  import_command_mb: ["MB  resident meanwhile at most, the command", 250],
  import_broker_mb: ["MB  private meanwhile at most, the broker", 250],
  run_masked_mb_per_s: ["MB/s  of a command's output, three secrets masked"],
  run_masked_vs_unmasked: [
    "×   a command that prints 100 MB, masked against not masked",
    1.05,
  ],
  run_masked_vs_unmasked_spread: [
    "×   of it, between the quarters: a smaller difference tells nothing",
  ],
  request_vs_raw_http2: ["×   the SDK against the bare echo"],
};
const usage = `usage: npm run bench [-- --json] [--only ${Object.keys(benchmarks).join("|")}]...

  --json   nothing but one line of JSON on standard output
  --only   this one; may be repeated`;

const options = readArguments(
  usage,
  {
    json: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
  },
  (values) => {
    for (const name of values.only) {
      if (!Object.hasOwn(benchmarks, name)) throw new Error(`no ${name}`);
    }
    return values;
  },
);

const chosen = options.only.length > 0 ? options.only : Object.keys(benchmarks);
const results = {};
for (const name of chosen) {
  process.stderr.write(`measuring ${name} …\n`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, "bench", "measure.mjs"), join(root, benchmarks[name])],
    { cwd: root },
  );
  Object.assign(results, JSON.parse(stdout.trim().split("\n").at(-1)));
}

if (!options.json) {
  for (const [name, figure] of Object.entries(results)) {
    const [what, most] = figures[name];
    const judged =
      most === undefined
        ? ""
        : `  (${figure <= most ? "within" : "OVER"} ${most})`;
    console.log(`${figure.toFixed(2).padStart(9)} ${what}${judged}`);
  }
}
for (const name of Object.keys(results)) {
  results[name] = Number(results[name].toFixed(3));
}
console.log(JSON.stringify(results));
