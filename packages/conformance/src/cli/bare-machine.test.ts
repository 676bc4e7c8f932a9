// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packaged } from "../catalogue/catalogue.ts";

// What a machine lacks is named, and never counted as passed.

const folder = mkdtempSync(join(tmpdir(), "assent-bare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = packaged("..", "..", "scripts", "conformance.mjs");

/** `npm run conformance` of some cases, on a machine with these programs alone. */
function conformance(
  name: string,
  programs: readonly string[],
  ...cases: string[]
) {
  const path = join(folder, name);
  mkdirSync(path);
  symlinkSync(process.execPath, join(path, "node"));
  for (const program of programs) {
    const there = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
      .map((place) => join(place, program))
      .find((one) => existsSync(one));
    if (there !== undefined) symlinkSync(there, join(path, program));
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, "broker", "--run", ...cases],
    {
      encoding: "utf8",
      // A folder of its own: no C caller is there from before.
      env: { PATH: path, TMPDIR: path, HOME: path },
    },
  );
  return { status, told: stdout + stderr };
}

test("without a C compiler: exit code 5, and what brings it", {
  timeout: 120_000,
}, () => {
  const { status, told } = conformance(
    "no-compiler",
    ["unshare", "nsenter", "setpriv", "sh"],
    "session/deny",
    "process/fork-*",
  );
  expect(told).toContain("C caller no");
  expect(told).toContain("not-run: a C compiler (apt-get install gcc)");
  expect(told).toContain("1 passed, 0 failed");
  expect(status, told).toBe(5);
});

const compiler = existsSync("/usr/bin/gcc") ? test : test.skip;
compiler(
  "without namespaces: exit code 5, and what brings them; NOT RUN without: apt-get install gcc",
  { timeout: 120_000 },
  () => {
    const { status, told } = conformance(
      "no-namespaces",
      ["gcc", "as", "ld", "sh"],
      "session/deny",
      "process/pid-reuse*",
    );
    expect(told).toContain("C caller yes, pid-namespace no");
    expect(told).toMatch(/not-run: a PID namespace, with unshare.*util-linux/);
    expect(told).toContain("1 passed, 0 failed");
    expect(status, told).toBe(5);
  },
);
