// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit.ts";
import { connectChecked } from "./endpoint.ts";

const userId = process.getuid?.() ?? -1;
let directory: string;
let path: string;
let server: Server;
let bytes: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "assent-endpoint-"));
  mkdirSync(join(directory, "run"), { mode: 0o700 });
  path = join(directory, "run", "owner.sock");
  bytes = 0;
  server = createServer((socket) => {
    socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o600);
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

async function refusal(at = path, user = userId): Promise<string> {
  const error = await connectChecked(at, user).then(
    (socket) => {
      socket.destroy();
      return undefined;
    },
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({
    name: "CommandError",
    exitCode: exitCodes.unreachable,
  });
  return (error as Error).message;
}

test("connects to a socket of the user's own that is closed to others", async () => {
  const socket = await connectChecked(path, userId);
  expect(socket.destroyed).toBe(false);
  socket.destroy();
});

test("refuses a directory or a socket that others may use (SDK-001, T13)", async () => {
  chmodSync(join(directory, "run"), 0o750);
  expect(await refusal()).toContain("others may use it");
  chmodSync(join(directory, "run"), 0o700);
  chmodSync(path, 0o620);
  expect(await refusal()).toContain("others may use it");
  expect(bytes).toBe(0);
});

test("refuses what belongs to another user (SDK-001, T13)", async () => {
  expect(await refusal(path, userId + 1)).toContain("another user");
});

test("refuses a link in place of the directory or the socket (T13)", async () => {
  symlinkSync(join(directory, "run"), join(directory, "link"));
  expect(await refusal(join(directory, "link", "owner.sock"))).toContain(
    "not a directory",
  );
  const link = join(directory, "run", "link.sock");
  symlinkSync(path, link);
  expect(await refusal(link)).toContain("not a socket");
});

test("refuses a file that is no socket", async () => {
  const file = join(directory, "run", "file");
  writeFileSync(file, "", { mode: 0o600 });
  expect(await refusal(file)).toContain("not a socket");
});

test("says that the broker is not running when nobody listens", async () => {
  expect(await refusal(join(directory, "run", "none.sock"))).toMatch(
    /not running/,
  );
  expect(await refusal(join(directory, "none", "owner.sock"))).toMatch(
    /not running/,
  );
});
