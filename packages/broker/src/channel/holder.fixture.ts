// SPDX-License-Identifier: Apache-2.0
// Another broker, as far as the runtime directory can tell.
import { createBinding } from "../peer/platform.ts";
import { openRuntimeDirectory } from "./runtime-directory.ts";

openRuntimeDirectory({
  path: process.argv[2] ?? "",
  userId: process.geteuid?.() ?? -1,
  binding: await createBinding(),
});
process.stdout.write(`${JSON.stringify({ held: true })}\n`);
process.stdin.on("close", () => process.exit(0)).resume();
