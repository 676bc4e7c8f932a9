// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packaged } from "../catalogue/catalogue.ts";

interface Step {
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default?: string }>
  >;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const folder = mkdtempSync(join(tmpdir(), "assent-action-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (...path: readonly string[]) =>
  parse(readFileSync(packaged(...path), "utf8"));
const action: Action = read("action", "action.yml");
const workflow: Workflow = read("templates", "workflow.yaml");

// In place of what npx would fetch.
writeFileSync(
  join(folder, "npx"),
  `#!/bin/sh
[ "$1" = --yes ] && shift
case "$1" in @assent/conformance*) shift ;; *) exit 97 ;; esac
exec "${process.execPath}" "${packaged("src", "main.ts")}" "$@"
`,
  { mode: 0o755 },
);
writeFileSync(
  join(folder, "my-broker"),
  `#!/bin/sh\nexec "${process.execPath}" "${packaged("..", "broker", "conformance", "main.ts")}"\n`,
  { mode: 0o755 },
);

function bash(script: string, env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
    {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: folder,
        GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
        GITHUB_OUTPUT: join(folder, "outputs"),
        ...env,
      },
    },
  );
  return { status, told: stdout + stderr };
}

describe("the action", () => {
  it("has what GitHub asks of a composite action", () => {
    expect(action.name).toBeTruthy();
    expect(action.description).toBeTruthy();
    expect(action.runs.using).toBe("composite");
    for (const { run, uses, shell } of action.runs.steps) {
      expect(run === undefined).toBe(uses !== undefined);
      if (run !== undefined) expect(shell).toBe("bash");
      // Words of others never become part of a script.
      expect(run ?? "").not.toContain("${{");
    }
    const text = JSON.stringify(action);
    for (const [, name = ""] of text.matchAll(/inputs\.(\w+)/g)) {
      expect(Object.keys(action.inputs)).toContain(name);
    }
  });

  it("runs the suite, and tells the job what came of it", () => {
    const given: Readonly<Record<string, string>> = {
      ...Object.fromEntries(
        Object.entries(action.inputs).map(([name, one]) => [
          name,
          one.default ?? "",
        ]),
      ),
      command: "./my-broker --test",
      options: "--run session/deny*",
    };
    for (const { run, env = {} } of action.runs.steps) {
      if (run === undefined) continue;
      const values = Object.entries(env).map(([name, value]) => [
        name,
        value.replace(
          /\$\{\{ inputs\.(\w+) \}\}/g,
          (_, key) => given[key] ?? "",
        ),
      ]);
      const { status, told } = bash(run, Object.fromEntries(values));
      expect(status, told).toBe(0);
    }
    const summary = readFileSync(join(folder, "summary.md"), "utf8");
    expect(summary).toContain("PASSED, what was selected");
    const outputs = readFileSync(join(folder, "outputs"), "utf8");
    expect(outputs).toBe("results=conformance/results.json\n");
    const results = readFileSync(join(folder, "conformance", "results.json"));
    expect(JSON.parse(results.toString()).cases).toHaveLength(3);
  }, 60_000);
});

describe("the workflow that init writes", () => {
  it("runs what it says, with no more rights than it needs", () => {
    expect(workflow.on).toBeDefined();
    expect(workflow.permissions).toEqual({ contents: "read" });
    const scripts = Object.values(workflow.jobs)
      .flatMap(({ steps }) => steps)
      .flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) {
      const short = script.replace(
        "broker --out",
        "broker --run session/deny --out",
      );
      const { status, told } = bash(short, {});
      expect(status, told).toBe(0);
    }
  }, 60_000);
});
