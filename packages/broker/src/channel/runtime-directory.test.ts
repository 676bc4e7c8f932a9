// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  binding,
  isRoot,
  nobody,
  talk,
  temporaryDirectory,
  testWhen,
  works,
} from "../peer/processes.fixture.ts";
import { ChannelError, type ChannelFault } from "./channel-error.ts";
import {
  open,
  openDirectory,
  startHttpCaller,
  userId,
} from "./channels.fixture.ts";
import { openRuntimeDirectory } from "./runtime-directory.ts";

function errorOf(attempt: () => unknown): ChannelError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ChannelError) return error;
    throw error;
  }
  throw new Error("it was opened");
}

const faultOf = (path: string): ChannelFault =>
  errorOf(() => openRuntimeDirectory({ path, userId, binding })).fault;

async function rejection(attempt: Promise<unknown>): Promise<ChannelFault> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ChannelError))
    throw new Error(`not refused: ${error}`);
  return error.fault;
}

test("makes what is missing for its user alone, whatever the umask (CHN-002)", () => {
  const before = process.umask(0o777);
  try {
    const place = temporaryDirectory();
    const directory = openDirectory(join(place, "state", "assent", "run"));
    for (const each of ["state", "state/assent", "state/assent/run"]) {
      expect(lstatSync(join(place, each)).mode & 0o7777).toBe(0o700);
    }
    expect(lstatSync(join(directory.path, "lock")).mode & 0o077).toBe(0);
  } finally {
    process.umask(before);
  }
});

for (const mode of [0o770, 0o707, 0o750, 0o701]) {
  test(`refuses a directory of mode ${mode.toString(8)} (CHN-002, T13)`, () => {
    const path = temporaryDirectory(mode);
    expect(faultOf(path)).toBe("directory-unsafe");
    expect(lstatSync(path).mode & 0o7777).toBe(mode);
  });
}

test("refuses a link in place of the directory (CHN-003, T13)", () => {
  const place = temporaryDirectory();
  const real = join(place, "real");
  mkdirSync(real, { mode: 0o700 });
  symlinkSync(real, join(place, "run"));
  expect(faultOf(join(place, "run"))).toBe("directory-unsafe");
  writeFileSync(join(place, "file"), "");
  expect(faultOf(join(place, "file"))).toBe("directory-unsafe");
});

test("refuses a directory above that others can change, unless it is sticky (T13)", () => {
  const place = temporaryDirectory(0o777);
  expect(faultOf(join(place, "run"))).toBe("directory-unsafe");
  expect(faultOf(join(place, "deep", "run"))).toBe("directory-unsafe");
  chmodSync(place, 0o1777);
  openDirectory(join(place, "run"));
});

test("goes through links of its own, and looks at what they lead through (T13)", () => {
  const place = temporaryDirectory();
  const open = join(place, "open");
  mkdirSync(join(open, "deep"), { recursive: true });
  symlinkSync("open/deep", join(place, "link"));
  openDirectory(join(place, "link", "run")).release();
  chmodSync(open, 0o777);
  expect(faultOf(join(place, "link", "other"))).toBe("directory-unsafe");
  symlinkSync("loop", join(place, "loop"));
  expect(faultOf(join(place, "loop", "run"))).toBe("directory-unsafe");
});

testWhen(isRoot, "root: sudo npx vitest run src/channel")(
  "refuses a directory, or one above it, that belongs to another user (T13)",
  () => {
    const place = temporaryDirectory();
    const run = join(place, "run");
    mkdirSync(run, { mode: 0o700 });
    chownSync(run, nobody, nobody);
    expect(faultOf(run)).toBe("directory-unsafe");
    expect(faultOf(join(run, "deeper"))).toBe("directory-unsafe");
  },
);

test("tells a second broker who holds the directory (CHN-003, T38)", async () => {
  const place = temporaryDirectory();
  const holder = talk([
    new URL("./holder.fixture.ts", import.meta.url).pathname,
    join(place, "run"),
  ]);
  expect(await holder.next()).toEqual({ held: true });
  const error = errorOf(() =>
    openRuntimeDirectory({ path: join(place, "run"), userId, binding }),
  );
  expect(error.fault).toBe("broker-running");
  expect(error.holderPid).toBe(holder.child.pid);
  expect(error.message).toContain(String(holder.child.pid));
  // The kernel gives the lock back, however the holder ends.
  const ended = new Promise((resolve) => holder.child.once("exit", resolve));
  holder.child.kill("SIGKILL");
  await ended;
  openDirectory(join(place, "run"));
});

test("is held once within a process, too, until it is released (T38)", () => {
  const directory = openDirectory();
  expect(faultOf(directory.path)).toBe("broker-running");
  expect(readFileSync(join(directory.path, "lock"), "utf8")).toBe(
    `${process.pid}\n`,
  );
  directory.release();
  const again = openRuntimeDirectory({ path: directory.path, userId, binding });
  again.release();
});

test("believes no pid that is not one", () => {
  const directory = openDirectory();
  writeFileSync(join(directory.path, "lock"), "12; rm -rf\n");
  const error = errorOf(() =>
    openRuntimeDirectory({ path: directory.path, userId, binding }),
  );
  expect(error.holderPid).toBeUndefined();
  expect(error.message).toBe(
    "another broker is running: use that one, or stop it first",
  );
});

for (const [what, put] of [
  ["a link", (path: string) => symlinkSync("/etc/passwd", path)],
  ["a directory", (path: string) => mkdirSync(path)],
] as const) {
  test(`refuses ${what} in place of the lock (CHN-003)`, () => {
    const run = join(temporaryDirectory(), "run");
    mkdirSync(run, { mode: 0o700 });
    put(join(run, "lock"));
    expect(faultOf(run)).toBe("directory-unsafe");
  });
}

testWhen(works("python3", "--version"), "python3: apt-get install python3")(
  "takes over the socket of a dead broker (CHN-004)",
  async () => {
    const directory = openDirectory();
    const path = join(directory.path, "broker.sock");
    const leave =
      "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])";
    spawnSync("python3", ["-c", leave, path]);
    expect(lstatSync(path).isSocket()).toBe(true);
    const { channel } = await open({ directory });
    const caller = await startHttpCaller();
    await caller.ask({ id: 1, http2: channel.path });
    expect((await caller.ask({ id: 1, post: "/a" })).status).toBe(200);
  },
);

test("does not take the socket of a program that listens (CHN-003, T13)", async () => {
  const directory = openDirectory();
  const path = join(directory.path, "broker.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const { ino } = lstatSync(path);
  expect(await rejection(open({ directory }))).toBe("endpoint-occupied");
  expect(lstatSync(path).ino).toBe(ino);
  server.close();
});

for (const [what, put] of [
  ["a link to nothing", (path: string) => symlinkSync("nothing", path)],
  ["a link to a file", (path: string) => symlinkSync("/etc/passwd", path)],
  ["a file", (path: string) => writeFileSync(path, "mine")],
  ["a directory", (path: string) => mkdirSync(path)],
] as const) {
  test(`neither follows nor removes ${what} at the endpoint (CHN-003)`, async () => {
    const directory = openDirectory();
    const path = join(directory.path, "broker.sock");
    put(path);
    const before = lstatSync(path);
    expect(await rejection(open({ directory }))).toBe("endpoint-occupied");
    const after = lstatSync(path);
    expect([after.ino, after.mode]).toEqual([before.ino, before.mode]);
  });
}

test("does not open a channel twice", async () => {
  const { directory } = await open();
  expect(await rejection(open({ directory }))).toBe("endpoint-occupied");
});

test("opens two channels at once in one directory", async () => {
  const directory = openDirectory();
  const [broker, owner] = await Promise.all([
    open({ directory }),
    open({ directory, path: join(directory.path, "owner.sock") }),
  ]);
  for (const { channel } of [broker, owner]) {
    expect(lstatSync(channel.path).isSocket()).toBe(true);
  }
});

test("refuses a socket outside its directory, and one whose path is too long", async () => {
  const directory = openDirectory();
  expect(await rejection(open({ directory, path: "/tmp/broker.sock" }))).toBe(
    "directory-unsafe",
  );
  const path = join(directory.path, "x".repeat(103));
  expect(await rejection(open({ directory, path }))).toBe("path-too-long");
});

test("refuses a socket of the service manager that others can reach (CHN-002)", async () => {
  const directory = openDirectory();
  const path = join(directory.path, "owner.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o666);
  expect(
    await rejection(
      open({ directory, path, activated: { descriptor: 1_000_000, path } }),
    ),
  ).toBe("socket-unsafe");
  server.close();
});
