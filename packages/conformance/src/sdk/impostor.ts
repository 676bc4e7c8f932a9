// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { NotRun } from "../case/verdict.ts";
import { secondUser } from "../environment/second-user.ts";

/** A program of another user that listens where a broker would. */
export interface Impostor {
  readonly endpoint: string;
  /** Bytes it was sent so far. */
  received(): Promise<number>;
  stop(): void;
}

// It becomes the other user itself, so that it can be started from anywhere.
const program = `
const [gid, uid, endpoint] = process.argv.slice(1);
process.setgroups([]); process.setgid(+gid); process.setuid(+uid);
let received = 0;
const server = require("node:net").createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (bytes) => { received += bytes.length; });
});
server.listen(endpoint, () => console.log("ready"));
process.stdin.on("data", () => console.log(received)).on("end", () => process.exit());`;

/** @throws NotRun where no program can become another user */
export async function startImpostor(folder: string): Promise<Impostor> {
  if (process.geteuid?.() !== 0)
    throw new NotRun("root: sudo, to be another user");
  const { uid, gid } = secondUser;
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, uid, gid);
  // The way to it must be open to that user.
  const endpoint = join(folder, "broker.sock");
  const child = spawn(
    process.execPath,
    ["-e", program, String(gid), String(uid), endpoint],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  child.stdin.on("error", () => {});
  await once(child.stdout, "data");
  return {
    endpoint,
    async received() {
      child.stdin.write("how many\n");
      const [bytes] = await once(child.stdout, "data");
      return Number(String(bytes));
    },
    stop: () => child.kill("SIGKILL"),
  };
}
