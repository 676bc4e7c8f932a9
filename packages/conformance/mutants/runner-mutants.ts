// SPDX-License-Identifier: Apache-2.0
import { type Mutant, mutant } from "../../../scripts/source-mutation.ts";

const source = (path: string) => `conformance/src/${path}`;
const world = source("case/world.ts");

/** The suite itself, broken in every way that catalogue/runner-mutants.yaml names. */
export const runnerMutants: readonly Mutant[] = [
  mutant("R01", [
    source("run/schedule.ts"),
    "const together = ids.filter((id) => !apart.includes(id));",
    "const together = ids.filter((id) => !apart.includes(id)).slice(1);",
  ]),
  mutant("R02", [
    source("run/conclusion.ts"),
    `has("pass") && !has("not-run") && !has("error")`,
    `has("pass") || has("not-run")`,
  ]),
  mutant(
    "R03",
    [
      source("run/selection.ts"),
      "    if (!all.some(({ id }) => matches(pattern, id))) {",
      `    if (pattern === "") {`,
    ],
    [
      source("run/selection.ts"),
      `  if (chosen.length === 0) throw new UsageError("no case is left to run");\n`,
      "",
    ],
  ),
  mutant("R04", [
    source("run/baseline.ts"),
    "return { cases: marked, stale };",
    "return { cases: marked, stale: [] };",
  ]),
  mutant("R05", [
    source("caller/caller-driver.ts"),
    `answer({ case: "failed", value: "it has ended" });`,
    `answer({ case: "done", value: { newPid: 0 } } as never);`,
  ]),
  mutant(
    "R06",
    [
      world,
      "  function scan(bytes: Uint8Array, names: readonly string[] = []): void {",
      `  function scan(bytes: Uint8Array, names: readonly string[] = []): void {
    if (bytes.length >= 0) return;`,
    ],
    [
      source("sdk/sdk-world.ts"),
      "  function clean(where: string, bytes: Uint8Array): void {",
      `  function clean(where: string, bytes: Uint8Array): void {
    if (bytes.length >= 0) return;`,
    ],
  ),
  mutant("R07", [
    source("canary/canary.ts"),
    "for (const shift of [0, 1, 2]) {",
    "for (const shift of [0, 1]) {",
  ]),
  mutant("R08", [
    source("run/conclusion.ts"),
    "return end(exits.harness,",
    "return end(exits.conforms,",
  ]),
  mutant(
    "R09",
    [
      source("cli/derive.ts"),
      "if (form !== undefined && form !== 1) {",
      "if (results === undefined) {",
    ],
    [
      source("cli/derive.ts"),
      "if (form === undefined || parts.includes(undefined)) {",
      "if (results === undefined) {",
    ],
  ),
  mutant("R10", [
    source("implementation/broker-process.ts"),
    `      if (isRunning()) await kill("SIGTERM");\n`,
    "",
  ]),
  mutant(
    "R11",
    [
      source("cli/replay.ts"),
      `"--seed", seed, "--debug"`,
      `"--seed", String(Math.random()), "--debug"`,
    ],
    [
      source("run/run-suite.ts"),
      "const roundSeed = round === 0 ? seed",
      "const roundSeed = round === 0 ? String(Math.random())",
    ],
  ),
  mutant("R12", [
    world,
    "          options.onCall(event);",
    "          if (calls.length <= 2) options.onCall(event);",
  ]),
];
