// SPDX-License-Identifier: Apache-2.0
// The client core in the other runtimes that it is for.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const core = join(root, "packages", "sdk-browserless");
const runtimes = {
  bun: ["--bun"],
  deno: ["run", "--allow-all", "--no-prompt"],
};

/** All that it said; rejects with it when the exit code is not 0. */
function run(folder: string, program: string, args: readonly string[]) {
  return new Promise<string>((resolve, reject) => {
    const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
    execFile(program, args, { cwd: folder, env }, (error, stdout, stderr) => {
      const said = stripVTControlCharacters(stdout) + stderr;
      if (error === null) resolve(said);
      else reject(new Error(said));
    });
  });
}

for (const [runtime, args] of Object.entries(runtimes)) {
  const program = join(root, "counterparts", "node_modules", ".bin", runtime);
  describe.runIf(existsSync(program)).concurrent(
    `sdk-browserless in ${runtime}; NOT RUN without: (cd counterparts && npm ci)`,
    () => {
      it("passes the same tests as in Node", async () => {
        const uvu = join(root, "node_modules", "uvu", "bin.js");
        const tests = [...args, uvu, "src", "\\.test\\.ts$"];
        const said = await run(core, program, tests);
        const [, total] = /^\s*Total:\s+(\d+)/m.exec(said) ?? [];
        const [, passed] = /^\s*Passed:\s+(\d+)/m.exec(said) ?? [];
        console.log(`sdk-browserless in ${runtime}: ${passed} of ${total}`);
        expect(Number(total)).toBeGreaterThan(100);
        expect(passed).toBe(total);
      });

      it("keeps the rules of SDKs over a socket, by its own fetch (SDK-002, SDK-008)", async () => {
        const suite = join(root, "packages", "conformance", "src", "main.ts");
        const driver = [program, ...args, "conformance/driver.ts"];
        const asked = [suite, "sdk", "--allow-incomplete", "--", ...driver];
        const said = await run(core, process.execPath, asked);
        expect(said).toMatch(/(\d+) run: \1 passed, 0 failed/);
      });
    },
    120_000,
  );
}
