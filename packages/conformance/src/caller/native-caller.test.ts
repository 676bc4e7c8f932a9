// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CallerProcess, startCaller } from "./caller-process.ts";
import {
  callerPath,
  type Listener,
  listen,
  parentOf,
  socketsOf,
  stateOf,
  until,
  withCaller,
} from "./native-caller.fixture.ts";
import { nativeCaller } from "./native-caller.ts";

let server: Listener;
let started: CallerProcess[] = [];

beforeEach(async () => {
  server = await listen();
});

afterEach(async () => {
  for (const caller of started) caller.kill();
  started = [];
  await server.close();
});

async function caller(): Promise<CallerProcess> {
  return kept(await startCaller({ command: [callerPath] }));
}

function kept(one: CallerProcess): CallerProcess {
  started.push(one);
  return one;
}

const exeOf = (pid: number) => readlinkSync(`/proc/${pid}/exe`);

describe("the compiler", () => {
  it("is said to be missing where there is none", () => {
    const folder = mkdtempSync(join(tmpdir(), "assent-cc-"));
    expect(nativeCaller(folder, ["no-such-cc"])).toEqual({
      missing: "a C compiler (apt-get install gcc)",
    });
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it("is quoted where it fails, and leaves nothing half made", () => {
    const folder = mkdtempSync(join(tmpdir(), "assent-cc-"));
    const bad = join(folder, "cc");
    writeFileSync(bad, "#!/bin/sh\necho broken >&2; exit 1\n", { mode: 0o755 });
    expect(nativeCaller(folder, [bad])).toEqual({
      missing: `a C compiler that works: ${bad} says broken\n`,
    });
    expect(readdirSync(folder)).toEqual(["cc"]);
    rmSync(folder, { recursive: true });
  });
});

withCaller("the C caller", () => {
  it("is compiled once, and kept where only this user can write", () => {
    const before = statSync(callerPath).mtimeMs;
    expect(nativeCaller()).toEqual({ path: callerPath });
    expect(statSync(callerPath).mtimeMs).toBe(before);
    const folder = join(callerPath, "..");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    chmodSync(folder, 0o770);
    try {
      expect(nativeCaller()).toHaveProperty("missing");
    } finally {
      chmodSync(folder, 0o700);
    }
  });

  it("says who it is", async () => {
    const one = await caller();
    expect(one.kind).toBe("c");
    expect(one.executable).toBe(callerPath);
    expect(exeOf(one.pid)).toBe(callerPath);
  });

  it("moves bytes both ways, in order, in 10,000 sends", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    const parts = Array.from({ length: 10_000 }, (_, i) =>
      Buffer.from(`${i},`),
    );
    const { number } = connection;
    await Promise.all(
      parts.map((data) =>
        one.command({ case: "send", value: { connection: number, data } }),
      ),
    );
    const all = Buffer.concat(parts);
    await until(() => server.size(0) >= all.length);
    expect(server.got(0).equals(all)).toBe(true);
    server.sockets[0]?.write(all);
    connection.on("data", () => {});
    await until(() => Buffer.concat(connection.received).length >= all.length);
    expect(Buffer.concat(connection.received).equals(all)).toBe(true);
  });

  it("moves many megabytes, and other commands are done while a connection is blocked", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    await until(() => server.sockets.length === 1);
    server.sockets[0]?.pause();
    const part = Buffer.alloc(1024 * 1024, 7);
    for (let i = 0; i < 20; i++)
      await new Promise((done) => connection.write(part, done));
    // Nothing of it is read yet: the socket is full, the caller is not.
    const other = await one.connect(server.path);
    other.write("here");
    await until(() => server.got(1).toString() === "here");
    expect(server.size(0)).toBeLessThan(20 * part.length);
    server.sockets[0]?.resume();
    await until(() => server.size(0) === 20 * part.length);
  });

  it("sends what it was given to the end, though the other end sends nothing more", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    await until(() => server.sockets.length === 1);
    const [socket] = server.sockets;
    socket?.pause();
    const whole = Buffer.alloc(4 * 1024 * 1024, 7);
    await new Promise((done) => connection.write(whole, done));
    // Those bytes would be lost; so it stays what it is.
    await expect(one.exec("", [], [connection])).rejects.toThrow("unwritten");
    connection.on("data", () => {});
    socket?.end("no more");
    await until(() => connection.received.length > 0);
    socket?.resume();
    await once(connection, "end");
    await until(() => server.size(0) === whole.length);
  });

  it("closes its half when it is told, and hears what comes after", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    await until(() => server.sockets.length === 1);
    const [socket] = server.sockets;
    const ended = socket && once(socket, "end");
    await one.command({
      case: "send",
      value: {
        connection: connection.number,
        data: Buffer.from("last"),
        halfClose: true,
      },
    });
    await ended;
    expect(server.got(0).toString()).toBe("last");
    connection.on("data", () => {});
    socket?.end("answer");
    await once(connection, "end");
    expect(Buffer.concat(connection.received).toString()).toBe("answer");
  });

  it("stops reading a connection that is paused, and goes on", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    connection.on("data", () => {});
    const pause = (paused: boolean) =>
      one.command({
        case: "pause",
        value: { connection: connection.number, paused },
      });
    await pause(true);
    await until(() => server.sockets.length === 1);
    server.sockets[0]?.write("a");
    // A whole round with another connection: it had its chance to read.
    const other = await one.connect(server.path);
    other.write("b");
    await until(() => server.got(1).length === 1);
    expect(connection.received).toEqual([]);
    await pause(false);
    await until(() => connection.received.length === 1);
  });

  it("says why it cannot connect, and closes what it is told to close", async () => {
    const one = await caller();
    await expect(one.connect(`${server.path}.none`)).rejects.toThrow("ENOENT");
    await expect(one.connect("/".repeat(300))).rejects.toThrow("ENAMETOOLONG");
    const connection = await one.connect(server.path);
    await until(() => server.sockets.length === 1);
    const [socket] = server.sockets;
    const ended = socket && once(socket, "end");
    connection.destroy();
    await ended;
    await expect(
      one.command({ case: "close", value: connection.number }),
    ).rejects.toThrow("no such connection");
  });

  it("forks: the child is another process that holds the same connection, and outlives its parent", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    const child = kept(await one.fork());
    expect(child.pid).not.toBe(one.pid);
    expect(child.kind).toBe("c");
    expect(parentOf(child.pid)).toBe(one.pid);
    const shared = [...socketsOf(one.pid)].filter((socket) =>
      socketsOf(child.pid).has(socket),
    );
    expect(shared).toHaveLength(1);
    await child.take(connection);
    await one.exit();
    expect(server.sockets[0]?.readableEnded).toBe(false);
    connection.write("from the child");
    await until(() => server.got(0).toString() === "from the child");
    connection.on("data", () => {});
    server.sockets[0]?.write("to the child");
    await until(() => connection.received.length > 0);
    const own = await child.connect(server.path);
    own.write("its own");
    await until(() => server.got(1).toString() === "its own");
  });

  it("keeps the child of a fork from reading what its parent reads", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    connection.on("data", () => {});
    const pause = (paused: boolean) =>
      one.command({
        case: "pause",
        value: { connection: connection.number, paused },
      });
    const child = kept(await one.fork());
    await pause(true);
    await until(() => server.sockets.length === 1);
    server.sockets[0]?.write("to the parent");
    // A whole round of the child: it had its chance to read.
    (await child.connect(server.path)).write("here");
    await until(() => server.size(1) > 0);
    await pause(false);
    await until(() => connection.received.length > 0);
    expect(Buffer.concat(connection.received).toString()).toBe("to the parent");
  });

  it("leaves a child that has exited a zombie until it is told to reap it", async () => {
    const one = await caller();
    const child = kept(await one.fork());
    await expect(one.reap(child.pid)).rejects.toThrow("it runs");
    await child.exit();
    await until(() => stateOf(child.pid) === "Z");
    await one.reap(child.pid);
    expect(stateOf(child.pid)).toBe("");
  });

  it("forks twice, so that the child is not its own", async () => {
    const one = await caller();
    const child = kept(await one.fork({ orphan: true }));
    expect(exeOf(child.pid)).toBe(callerPath);
    expect(parentOf(child.pid)).not.toBe(one.pid);
    await expect(one.reap(child.pid)).rejects.toThrow("ECHILD");
  });

  it("says that it cannot fork when nobody listens for the child", async () => {
    const one = await caller();
    await expect(
      one.command({ case: "fork", value: { controlSocket: "/nowhere" } }),
    ).rejects.toThrow("ENOENT");
    expect(
      readFileSync(`/proc/${one.pid}/task/${one.pid}/children`, "utf8"),
    ).toBe("");
  });

  it("becomes itself again, with the connection it keeps and without the others", async () => {
    const one = await caller();
    const keeps = await one.connect(server.path);
    const closes = await one.connect(server.path);
    const { pid } = one;
    const before = readFileSync(`/proc/${pid}/environ`, "utf8");
    const gone = once(closes, "close");
    await one.exec("", ["again"], [keeps]);
    await gone;
    expect(one.pid).toBe(pid);
    expect(exeOf(pid)).toBe(callerPath);
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toBe("again\0");
    expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toBe(before);
    keeps.write("after");
    await until(() => server.got(0).toString() === "after");
    await until(() => server.sockets[1]?.readableEnded === true);
    await one.exec("", [], []);
    await until(() => server.sockets[0]?.readableEnded === true);
  });

  it("becomes a program that is no caller, and the connection it keeps stays open", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    const sockets = socketsOf(one.pid);
    await one.exec("/bin/sleep", ["sleep", "600"], [connection], {
      foreign: true,
    });
    expect(exeOf(one.pid)).not.toBe(callerPath);
    expect([...socketsOf(one.pid)].every((socket) => sockets.has(socket))).toBe(
      true,
    );
    expect(socketsOf(one.pid).size).toBe(1);
    expect(server.sockets[0]?.readableEnded).toBe(false);
    await expect(one.connect(server.path)).rejects.toThrow("another program");
    one.kill();
    expect(await one.ended).toBe("SIGKILL");
    await until(() => server.sockets[0]?.readableEnded === true);
  });

  it("goes on as before when it cannot become another", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    for (const foreign of [false, true]) {
      await expect(
        one.exec("/no/such", ["x"], [connection], { foreign }),
      ).rejects.toThrow("ENOENT");
    }
    connection.write("still here");
    await until(() => server.got(0).toString() === "still here");
    expect((await one.connect(server.path)).number).toBe(2);
  });

  it("runs from memory, where its executable is in no folder", async () => {
    const one = await caller();
    const connection = await one.connect(server.path);
    await one.exec("", ["caller"], [connection], { memfd: true });
    expect(one.executable).toBe("/memfd:caller (deleted)");
    expect(exeOf(one.pid)).toBe("/memfd:caller (deleted)");
    connection.write("from memory");
    await until(() => server.got(0).toString() === "from memory");
  });

  it("hands a connection to another process, and it outlives the one that opened it", async () => {
    const opener = await caller();
    const other = await caller();
    const connection = await opener.connect(server.path);
    await other.connect(server.path);
    await opener.pass(connection, other);
    const shared = [...socketsOf(opener.pid)].filter((socket) =>
      socketsOf(other.pid).has(socket),
    );
    expect(shared).toHaveLength(1);
    expect(connection.number).toBe(2);
    opener.kill();
    await opener.ended;
    connection.write("from the other");
    await until(() => server.got(0).toString() === "from the other");
    connection.on("data", () => {});
    server.sockets[0]?.end("to the other");
    await once(connection, "end");
    expect(Buffer.concat(connection.received).toString()).toBe("to the other");
  });

  it("connects from threads, all there at once", async () => {
    const one = await caller();
    const connections = await one.threads(16, server.path);
    expect(readdirSync(`/proc/${one.pid}/task`)).toHaveLength(17);
    connections.forEach((connection, i) => void connection.write(`${i};`));
    await until(
      () =>
        server.sockets.length === 16 &&
        server.sockets.every((_, i) => server.got(i).length > 1),
    );
    const got = server.sockets.map((_, i) => server.got(i).toString());
    expect(new Set(got).size).toBe(16);
    await expect(one.threads(3, "/nowhere")).rejects.toThrow("ENOENT");
    expect(socketsOf(one.pid).size).toBeGreaterThanOrEqual(16);
  });

  it("calls itself something else, which changes its executable not at all", async () => {
    const one = await caller();
    await one.title("Trusted");
    expect(readFileSync(`/proc/${one.pid}/comm`, "utf8")).toBe("Trusted\n");
    expect(readFileSync(`/proc/${one.pid}/cmdline`, "utf8")).toMatch(
      /^Trusted\0+$/,
    );
    expect(exeOf(one.pid)).toBe(callerPath);
  });

  it("ends with the code it is told, and when nobody tells it anything more", async () => {
    const one = await caller();
    await one.exit(7);
    expect(await one.ended).toBe(7);
    const other = await caller();
    const child = kept(await other.fork());
    other.kill();
    expect(stateOf(child.pid)).not.toBe("");
    child.kill();
    await child.ended;
  });

  it("refuses what it does not know, and dies of what it cannot read", async () => {
    const one = await caller();
    await expect(one.command({ case: "reap", value: 1 })).rejects.toThrow(
      "ECHILD",
    );
    await expect(
      one.command({ case: "send", value: { connection: 9 } }),
    ).rejects.toThrow("no such connection");
    expect(existsSync(`/proc/${one.pid}`)).toBe(true);
  });
});
