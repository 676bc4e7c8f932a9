// SPDX-License-Identifier: Apache-2.0
// The broker as a process of its own, as `assent broker run` starts it.
import { runBroker } from "../src/run.ts";

const [home] = process.argv.slice(2);
try {
  const broker = await runBroker({
    home,
    log: (line) => console.error(line),
  });
  process.on("SIGTERM", async () => {
    await broker.stop();
    process.exit(0);
  });
  console.log("ready");
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
