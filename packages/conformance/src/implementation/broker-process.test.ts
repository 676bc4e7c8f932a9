// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type BrokerProcess,
  type BrokerStart,
  createBrokerProcess,
  ImplementationError,
} from "./broker-process.ts";

// Serves nothing: it listens where it is told to, on both sockets.
const listens = `
const { createServer } = require("node:net");
const { rmSync } = require("node:fs");
const { ASSENT_ENDPOINT, ASSENT_CONFORMANCE_CONTROL } = process.env;
if (process.argv[1] === "takes over") rmSync(ASSENT_ENDPOINT, { force: true });
createServer((socket) => socket.destroy()).listen(ASSENT_ENDPOINT, () => {
  console.log("listens");
  createServer((socket) => socket.destroy()).listen(ASSENT_CONFORMANCE_CONTROL);
});
`;
const careful = [process.execPath, "-e", listens] as const;
const greedy = [...careful, "takes over"] as const;

let made: BrokerProcess[] = [];

beforeEach(() => {
  made = [];
});

afterEach(async () => {
  for (const broker of made) await broker.remove();
});

function broker(over: Partial<BrokerStart> = {}): BrokerProcess {
  const one = createBrokerProcess({
    command: greedy,
    needsControl: true,
    ...over,
  });
  made.push(one);
  return one;
}

describe("a broker under test", () => {
  it("is there when its control service is, and its endpoint answers", async () => {
    const one = broker();
    expect(one.isRunning).toBe(false);
    expect(await one.answers(0)).toBe(false);
    await one.start();
    expect(one.isRunning).toBe(true);
    expect(await one.answers()).toBe(true);
    expect(one.output().toString()).toBe("listens\n");
    expect(await one.stop()).toBe("SIGTERM");
    expect(await one.ended).toBe("SIGTERM");
    expect(one.isRunning).toBe(false);
  });

  it("is started again after it was killed, at the same places", async () => {
    const one = broker();
    await one.start();
    const { pid } = one;
    expect(await one.kill("SIGKILL")).toBe("SIGKILL");
    expect(existsSync(one.endpoint)).toBe(true);
    expect(await one.answers()).toBe(false);
    await one.start();
    expect(one.pid).not.toBe(pid);
    expect(await one.answers()).toBe(true);
  });

  it("says what it printed when it does not start over what is left of it", async () => {
    const one = broker({ command: careful });
    await one.start();
    await one.kill("SIGKILL");
    await expect(one.start()).rejects.toThrow(ImplementationError);
    await expect(one.start()).rejects.toThrow("EADDRINUSE");
    await one.revive();
    expect(await one.answers()).toBe(true);
  });

  it("has others beside it: with places of their own, or with its places", async () => {
    const one = broker();
    await one.start();
    const apart = one.another();
    made.push(apart);
    expect(apart.home).not.toBe(one.home);
    await apart.start();
    const { home, endpoint } = one;
    const twin = one.another({ home, endpoint, command: careful });
    expect(twin.endpoint).toBe(endpoint);
    expect(twin.controlEndpoint).not.toBe(one.controlEndpoint);
    await expect(twin.start()).rejects.toThrow("EADDRINUSE");
    await twin.remove();
    // What is not its own it does not remove.
    expect(await one.answers()).toBe(true);
    await apart.remove();
    expect(existsSync(apart.home)).toBe(false);
  });

  it("is started within something else, and meets what was placed before", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assent-place-"));
    try {
      const endpoint = join(folder, "run", "b.sock");
      mkdirSync(join(folder, "run"));
      writeFileSync(endpoint, "in the way");
      const one = broker({
        endpoint,
        within: (command) => [
          "sh",
          ...["-c", 'umask 0; exec "$@"', "sh"],
          ...command,
        ],
      });
      await one.start();
      expect(lstatSync(endpoint).isSocket()).toBe(true);
      expect(lstatSync(endpoint).mode & 0o777).toBe(0o777);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
