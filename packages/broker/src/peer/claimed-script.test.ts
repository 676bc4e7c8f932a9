// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { claimedScript } from "./claimed-script.ts";

const cases: readonly [string, string, string][] = [
  ["node", "node deploy.mjs prod", "/w/deploy.mjs"],
  [
    "node",
    "node --no-warnings -r ./hook.cjs --import=x src/main.ts",
    "/w/src/main.ts",
  ],
  ["node", "node --conditions dev ../up.js", "/up.js"],
  ["node", "node -e code", ""],
  ["node", "node --test a.js", ""],
  ["node", "node", ""],
  ["node", "node -- --odd.js", "/w/--odd.js"],
  [
    "deno",
    "deno run --allow-net https://example.com/x.ts",
    "https://example.com/x.ts",
  ],
  ["bun", "bun run build.ts", "/w/build.ts"],
  ["python3.12", "python3.12 -u -W ignore /opt/tool.py", "/opt/tool.py"],
  ["python3", "python3 -m http.server", ""],
  ["python3", "python3 -Ic code", ""],
  ["python3", "python3 -", ""],
  ["perl", "perl -I lib -w x.pl", "/w/x.pl"],
  ["perl5.36.0", "perl5.36.0 -ne code", ""],
  ["ruby", "ruby -rset x.rb", "/w/x.rb"],
  ["bash", "bash -eu build.sh", "/w/build.sh"],
  ["bash", "bash -ec code", ""],
  ["bash", "bash -o pipefail build.sh", "/w/build.sh"],
  ["busybox", "busybox sh x.sh", "/w/x.sh"],
  ["java", "java -cp lib -jar app.jar", "/w/app.jar"],
  [
    "ld-linux-x86-64.so.2",
    "ld.so --library-path /l /usr/bin/git",
    "/usr/bin/git",
  ],
  ["lua5.4", "lua5.4 x.lua", "/w/x.lua"],
  ["lua5.4", "lua5.4 -e code", ""],
];

for (const [name, line, script] of cases) {
  test(`takes ${script || "no script"} from "${line}" (T8)`, () => {
    expect(claimedScript(name, line.split(" "), "/w")).toBe(script);
  });
}

test("claims something absolute, or nothing, whatever the arguments", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("node", "python3", "bash", "deno", "zsh"),
      fc.array(fc.string()),
      fc.constantFrom("", "/", "/w"),
      (name, args, directory) => {
        const script = claimedScript(name, ["x", ...args], directory);
        expect(script === "" || /^(?:\/|[a-z]+:\/\/)/.test(script)).toBe(true);
      },
    ),
  );
});
