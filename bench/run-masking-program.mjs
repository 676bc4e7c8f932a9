// SPDX-License-Identifier: Apache-2.0
// One command as `assent run` starts it, after the approval: seconds from its
// start to its end, on standard error. With secrets, its output is masked.

import { runJob } from "../apps/cli/dist/job/child.js";
import { openCommand } from "../apps/cli/dist/job/opened-command.js";

const [isMasked, name, ...args] = process.argv.slice(2);
const secrets = [
  "ghp_bench_0123456789abcdefghijklmnopqrst",
  "AKIABENCH0123456789X",
  "correct horse battery staple",
];
const io = { stdout: process.stdout, stderr: process.stderr };
const command = openCommand(name, {
  searchPath: process.env.PATH,
  folder: process.cwd(),
});
const began = performance.now();
await runJob(io, {
  command,
  name,
  args,
  environment: process.env,
  masked: isMasked === "masked" ? secrets.map((each) => Buffer.from(each)) : [],
});
process.stderr.write(`${(performance.now() - began) / 1000}\n`);
