// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure as sample } from "mitata";
import { createLinuxSource } from "../src/peer/linux-source.ts";
import { createBinding } from "../src/peer/platform.ts";
import { systemScheduler } from "../src/peer/scheduler.ts";
import { socketDescriptor } from "../src/peer/socket-descriptor.ts";

/**
 * What knowing a process costs: once when it connects, and again at each
 * Request. Medians in microseconds, of a real connection from a real process.
 */
export async function measure(): Promise<Record<string, number>> {
  const directory = mkdtempSync(join(tmpdir(), "assent-bench-"));
  const path = join(directory, "broker.sock");
  const server = createServer();
  server.listen(path);
  const program = spawn(
    process.execPath,
    ["-e", `require("net").connect(${JSON.stringify(path)}).resume()`],
    { stdio: "ignore" },
  );
  try {
    const [socket] = (await once(server, "connection")) as [Socket];
    const source = createLinuxSource({
      binding: await createBinding(),
      scheduler: systemScheduler,
      wallMs: () => Date.now(),
    });
    const descriptor = socketDescriptor(socket) ?? -1;
    const capture = () => {
      const captured = source.capture(descriptor);
      if (typeof captured === "string") throw new Error(captured);
      return captured;
    };
    const held = capture();
    const recheck = await sample(() => {
      if (held.verify() !== undefined) throw new Error("it has ended");
    });
    const taken = await sample(() => capture().close());
    held.close();
    socket.destroy();
    return {
      peer_recheck_us: recheck.p50 / 1000,
      peer_recheck_p99_us: recheck.p99 / 1000,
      peer_capture_us: taken.p50 / 1000,
    };
  } finally {
    program.kill();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
