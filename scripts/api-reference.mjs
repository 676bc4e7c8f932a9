// SPDX-License-Identifier: Apache-2.0
// Writes docs/api: what the docstrings of the SDKs say, name by name. With a
// folder as its argument it writes there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const counterparts = join(root, "counterparts");
const typedoc = join(counterparts, "node_modules", ".bin", "typedoc");
if (!existsSync(typedoc)) {
  console.error(
    "typedoc is not there; it comes with: (cd counterparts && npm ci)",
  );
  process.exit(1);
}
const out = resolve(process.argv[2] ?? join(root, "docs", "api"));
const { status } = spawnSync(typedoc, ["--out", out, "--logLevel", "Warn"], {
  cwd: counterparts,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
