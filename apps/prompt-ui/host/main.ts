// SPDX-License-Identifier: Apache-2.0
// The web surface, as a process of its own. The broker starts it with
// `--surface`, and is at the other end of descriptor 3; `assent ui` starts it
// with `--socket`, and ends it by closing its input.
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cleanEnvironment } from "./environment.ts";
import { runSurface } from "./surface.ts";
import { runUserPage } from "./user-page.ts";

const { values } = parseArgs({
  options: {
    directory: { type: "string" },
    surface: { type: "boolean", default: false },
    socket: { type: "string" },
    "no-open": { type: "boolean", default: false },
  },
});
const { directory, socket } = values;
if (directory === undefined || values.surface === (socket !== undefined)) {
  throw new TypeError("takes --directory, and --surface or --socket");
}
cleanEnvironment(process.env);
// Files are of the user alone, whatever the shell says.
process.umask(0o077);
const built = extname(import.meta.url) === ".ts" ? "../dist/page/" : "../page/";
const pageDirectory = fileURLToPath(new URL(built, import.meta.url));
const ending = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => ending.abort());
}

try {
  const common = { directory, pageDirectory, signal: ending.signal };
  process.exitCode =
    socket === undefined
      ? await runSurface(common)
      : await runUserPage({
          ...common,
          socket,
          opens: !values["no-open"],
          input: process.stdin,
          say: (text) => process.stdout.write(`${text}\n`),
        });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
// Whatever is still open, a browser's pipe for one, keeps nothing alive.
process.exit();
