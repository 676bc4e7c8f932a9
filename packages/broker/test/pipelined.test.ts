// SPDX-License-Identifier: Apache-2.0
// Requests of HTTP/1.1 that were sent without waiting for the answers before.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, startRig } from "./rig.ts";

let rig: Rig;
const started: ChildProcess[] = [];

beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  for (const one of started) one.kill("SIGKILL");
  await rig.close();
});

/** Sends these bytes at once; closes the connection, and lives on, when its input ends. */
function pump(bytes: string): ChildProcess {
  const program = `
    const socket = require("node:net").connect(process.argv[1]);
    socket.on("error", () => {});
    socket.on("close", () => process.stdout.write("closed"));
    socket.resume();
    socket.write(Buffer.from(process.argv[2], "base64"));
    process.stdin.on("end", () => socket.destroy()).resume();
    setInterval(() => {}, 1e6);`;
  const text = Buffer.from(bytes).toString("base64");
  const child = spawn(
    process.execPath,
    ["-e", program, rig.places.brokerSocket, text],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  started.push(child);
  return child;
}

function post(method: string, message: object): string {
  const body = JSON.stringify(message);
  return [
    `POST /assent.v1.BrokerService/${method} HTTP/1.1`,
    "host: localhost",
    "content-type: application/json",
    "assent-protocol-version: 1.0",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}

it("end with their connection, also those whose answer waits behind another: no prompt and no call stays (PRM-009, WIR-010, WIR-011)", async () => {
  const { flights, prompts } = rig.broker.parts;
  const ask = (account: string) => post("Authorize", { account });
  const child = pump(ask("Personal") + ask("Elsewhere") + ask("Anywhere"));
  await rig.pending();
  await until(() => flights.size === 3);
  child.stdin?.end();
  await rig.pending(0);
  await until(() => flights.size === 0);
  expect(prompts.pending()).toEqual([]);
});

it("end with their connection also when they were answered behind one that waits (WIR-011)", async () => {
  const { flights } = rig.broker.parts;
  const refused = post("Request", { account: "Personal" });
  const child = pump(post("Authorize", {}) + refused + refused);
  await rig.pending();
  await until(() => flights.size === 3);
  child.stdin?.end();
  await rig.pending(0);
  await until(() => flights.size === 0);
});

it("leave no prompt when a CONNECT behind them makes Node close their connection (PRM-009)", async () => {
  const { flights } = rig.broker.parts;
  const revoke = post("Revoke", { account: "Personal" });
  const asks = revoke + post("Authorize", {});
  const child = pump(`${asks}CONNECT x:1 HTTP/1.1\r\n\r\n`);
  await once(child.stdout as Readable, "data");
  await rig.pending(0);
  await until(() => flights.size === 0);
});

it("end with their connection also when a CONNECT behind them makes Node close it (WIR-011, WIR-012)", async () => {
  const { flights } = rig.broker.parts;
  const refused = post("Request", { account: "Personal" });
  const child = pump(`${refused + refused}CONNECT x:1 HTTP/1.1\r\n\r\n`);
  await once(child.stdout as Readable, "data");
  await until(() => flights.size === 0);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
