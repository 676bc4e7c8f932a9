// SPDX-License-Identifier: Apache-2.0
import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { frame, headerBlock, opening } from "../../fuzz/http2-bytes.ts";
import { createLinuxSource } from "../peer/linux-source.ts";
import {
  fixture,
  real,
  start,
  startCaller,
  talk,
  temporaryDirectory,
  testWhen,
  until,
  works,
} from "../peer/processes.fixture.ts";
import { createPeerRegistry } from "../peer/registry.ts";
import { base64, open, startHttpCaller } from "./channels.fixture.ts";

test("is reachable by its user alone (CHN-002)", async () => {
  const { channel, directory } = await open();
  const mode = (path: string) => lstatSync(path).mode & 0o7777;
  expect(mode(channel.path)).toBe(0o600);
  expect(mode(directory.path)).toBe(0o700);
});

test("serves nothing on a network (CHN-001)", async () => {
  await open();
  const sockets = ["tcp", "tcp6", "udp", "udp6"].map((kind) =>
    readFileSync(`/proc/self/net/${kind}`, "latin1"),
  );
  const inodes = sockets.flatMap((table) =>
    [...table.matchAll(/^\s*\d+:(?:\s+\S+){8}\s+(\d+)/gm)].map(
      ([, inode]) => inode,
    ),
  );
  const ours = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(
        readlinkSync(`/proc/self/fd/${fd}`),
      )?.[1];
    } catch {
      return undefined;
    }
  });
  expect(
    ours.filter((inode) => inode !== undefined && inodes.includes(inode)),
  ).toEqual([]);
});

test("serves both versions of HTTP with the right peer (PRC-001, PRC-008, WIR-008)", async () => {
  const { channel } = await open();
  const [one, two] = await Promise.all([startHttpCaller(), startHttpCaller()]);
  for (const caller of [one, two]) {
    await caller.ask({ id: 1, http2: channel.path });
  }
  const number = async (caller: typeof one) => {
    const { body } = await caller.ask({ id: 1, post: "/a", body: "x" });
    expect(body).toMatch(new RegExp(`^\\d+ ${caller.pid} 2\\.0 /a$`));
    return String(body).split(" ")[0];
  };
  const [first, second] = [await number(one), await number(two)];
  expect(first).not.toBe(second);
  for (const [caller, own] of [
    [one, first],
    [two, second],
  ] as const) {
    expect(
      await caller.ask({ id: 2, http1: channel.path, target: "/b" }),
    ).toEqual({ id: 2, status: 200, body: `${own} ${caller.pid} 1.1 /b` });
    expect(await number(caller)).toBe(own);
  }
});

test("takes the absolute form of a target, as some clients send it", async () => {
  const { channel } = await open();
  const caller = await startHttpCaller();
  const { body } = await caller.ask({
    id: 1,
    http1: channel.path,
    target: "http://localhost/assent.v1.BrokerService/Authorize",
  });
  expect(body).toMatch(/ 1\.1 \/assent\.v1\.BrokerService\/Authorize$/);
});

test("keeps a connection of HTTP/1.1 for the next call, and takes calls in a row (WIR-008)", async () => {
  const { channel } = await open();
  const caller = await startHttpCaller();
  const call = (path: string, last = "") =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\n${last}Content-Length: 2\r\n\r\nhi`;
  await caller.ask({
    id: 1,
    raw: channel.path,
    send: base64(
      call("/one") + call("/two") + call("/three", "Connection: close\r\n"),
    ),
  });
  const { text } = await caller.event(1, "closed");
  expect(String(text).match(/1\.1 \/(?:one|two|three)/g)).toEqual([
    "1.1 /one",
    "1.1 /two",
    "1.1 /three",
  ]);
});

for (const [what, bytes] of [
  ["a TLS hello", Buffer.from("16030100c8010000c40303", "hex")],
  ["a zero byte", Buffer.from([0])],
  ["a line that is no method", Buffer.from("HELO there\r\n")],
  [
    "a preface of another version",
    Buffer.from("PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n"),
  ],
  [
    "a preface with frames that are none",
    Buffer.concat([
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      Buffer.alloc(64, 0xff),
    ]),
  ],
  ["a request line that never fits", Buffer.from(`POST ${"x".repeat(70_000)}`)],
  [
    "a request that is malformed",
    Buffer.from("POST / HTTP/1.1\r\nbad header\r\n\r\n"),
  ],
] as const) {
  test(`closes a connection that begins with ${what}, and no other (WIR-012)`, async () => {
    const { channel, calls } = await open();
    const caller = await startHttpCaller();
    await caller.ask({ id: 1, http2: channel.path });
    await caller.ask({ id: 2, raw: channel.path, send: base64(bytes) });
    await caller.event(2, "closed");
    expect(calls()).toBe(0);
    const { status } = await caller.ask({ id: 1, post: "/still" });
    expect(status).toBe(200);
  });
}

for (const http of [1, 2] as const) {
  test(`refuses headers of more than 16 KiB over HTTP/${http}, and serves on (WIR-006)`, async () => {
    const { channel, calls } = await open();
    const caller = await startHttpCaller();
    await caller.ask({ id: 1, http2: channel.path });
    const answer = async (length: number) => {
      const headers = { "x-long": "a".repeat(length) };
      return http === 2
        ? caller.ask({ id: 1, post: "/h", headers })
        : caller.ask({ id: 2, http1: channel.path, target: "/h", headers });
    };
    expect((await answer(15_000)).status).toBe(200);
    expect((await answer(17_000)).status).not.toBe(200);
    expect(calls()).toBe(1);
    expect((await caller.ask({ id: 1, post: "/on" })).status).toBe(200);
  });
}

test("closes a connection once its opener is gone, though a child holds it (PRC-004, PRC-006)", async () => {
  const { channel, registry } = await open();
  const caller = await startCaller();
  await caller.ask({ connect: channel.path });
  await until(() => channel.connections.size === 1);
  const [connection] = channel.connections;
  const { child } = await caller.ask({ giveAway: true });
  caller.tell({ exit: 0 });
  await until(() => connection?.peer.verify() === "exited");
  expect(channel.connections.size).toBe(1);
  registry.sweep();
  await until(() => channel.connections.size === 0);
  expect(connection?.closed.aborted).toBe(true);
  process.kill(Number(child), "SIGKILL");
});

test("leaves the connection of a process open that runs another image, so that it can be told (PRC-005)", async () => {
  const { channel, registry } = await open();
  const caller = await startCaller();
  await caller.ask({ connect: channel.path });
  await until(() => channel.connections.size === 1);
  const [connection] = channel.connections;
  caller.tell({ exec: null });
  await caller.next();
  registry.sweep();
  expect(connection?.peer.verify()).toBe("replaced");
  await caller.ask({ connect: channel.path });
  await until(() => channel.connections.size === 2);
  expect(connection?.closed.aborted).toBe(false);
});

for (const [http, bytes] of [
  [
    1,
    Buffer.from("POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"),
  ],
  // Opens all windows wide, then a POST to /big.
  [
    2,
    Buffer.concat([
      opening,
      Buffer.from("00000604000000000000047fffffff", "hex"),
      Buffer.from("0000040800000000007f000000", "hex"),
      Buffer.from("00000c010500000001", "hex"),
      Buffer.from("8386", "hex"),
      Buffer.from([0x04, 0x04]),
      Buffer.from("/big"),
      Buffer.from([0x41, 0x02]),
      Buffer.from("xy"),
    ]),
  ],
] as const) {
  test(`drops what the kernel has not taken yet when it is destroyed, over HTTP/${http} (LCK-002)`, async () => {
    const { channel, calls } = await open();
    const caller = await startHttpCaller();
    await caller.ask({ id: 1, raw: channel.path });
    await caller.ask({ id: 1, pause: true }, "paused");
    caller.tell({ id: 1, send: base64(bytes) });
    await until(() => calls() === 1);
    const [connection] = channel.connections;
    connection?.destroy();
    caller.tell({ id: 1, resume: true });
    const { received } = await caller.event(1, "closed");
    expect(received).toBeLessThan(4 << 20);
    expect(connection?.closed.aborted).toBe(true);
    expect(channel.connections.size).toBe(0);
  });
}

test("survives floods of control frames, which cost that connection alone (WIR-006)", async () => {
  const { channel } = await open();
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: channel.path });
  const ping = Buffer.from("0000080600000000000102030405060708", "hex");
  const reset = (stream: number) => {
    const frames = Buffer.concat([
      Buffer.from("00000a010500000000", "hex"),
      Buffer.from("83860402", "hex"),
      Buffer.from("/a"),
      Buffer.from([0x41, 0x02]),
      Buffer.from("xy"),
      Buffer.from("00000403000000000000000008", "hex"),
    ]);
    frames.writeUInt32BE(stream, 5);
    frames.writeUInt32BE(stream, 24);
    return frames;
  };
  const settings = frame(4, 0, 0, Buffer.alloc(0));
  const floods = [
    // Answers that are not read pile up.
    Array.from({ length: 50_000 }, () => ping),
    Array.from({ length: 50_000 }, () => settings),
    Array.from({ length: 5000 }, (_, index) => reset(2 * index + 1)),
  ];
  for (const [index, frames] of floods.entries()) {
    const id = 10 + index;
    await caller.ask({ id, raw: channel.path });
    await caller.ask({ id, pause: true }, "paused");
    caller.tell({
      id,
      send: base64(Buffer.concat([opening, ...frames])),
    });
    await until(() => channel.connections.size === 1);
    caller.tell({ id, resume: true });
    await caller.event(id, "closed");
  }
  expect((await caller.ask({ id: 1, post: "/on" })).status).toBe(200);
});

for (const [what, name, value] of [
  ["to be told to go on", "expect", "100-continue"],
  ["what nobody knows", "expect", "what"],
  ["a tunnel", ":method", "CONNECT"],
] as const) {
  test(`lives on when a stream that expects ${what} is reset at once (WIR-012, T19)`, async () => {
    const { channel } = await open();
    const caller = await startHttpCaller();
    await caller.ask({ id: 1, http2: channel.path });
    const fields = new Map([
      [":method", "POST"],
      [":path", "/a"],
      [":scheme", "http"],
      [":authority", "x"],
      [name, value],
    ]);
    if (value === "CONNECT") {
      fields.delete(":path");
      fields.delete(":scheme");
    }
    const frames = [1, 3, 5].flatMap((stream) => [
      frame(1, 4, stream, headerBlock([...fields])),
      frame(3, 0, stream, Buffer.from([0, 0, 0, 8])),
    ]);
    // The second is not even reset, and is answered.
    frames.splice(3, 1);
    await caller.ask({ id: 2, raw: channel.path });
    caller.tell({ id: 2, send: base64(Buffer.concat([opening, ...frames])) });
    const again = await caller.ask({ id: 3, http2: channel.path });
    expect(again).toMatchObject({ connected: true });
    expect((await caller.ask({ id: 1, post: "/on" })).status).toBe(200);
  });
}

test("closes at once, and removes its socket", async () => {
  const { channel, waiting } = await open();
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: channel.path });
  caller.tell({ id: 1, post: "/wait" });
  await until(() => waiting.length === 1);
  await channel.close();
  expect(channel.connections.size).toBe(0);
  expect(waiting[0]?.connection.closed.aborted).toBe(true);
  expect(lstatSync(channel.path, { throwIfNoEntry: false })).toBeUndefined();
  await caller.event(1, "closed");
  await channel.close();
});

for (const http of [1, 2] as const) {
  test(`lets a call over HTTP/${http} end before it closes, and takes no other`, async () => {
    const { channel, waiting } = await open();
    const caller = await startHttpCaller();
    await caller.ask({ id: 1, http2: channel.path });
    if (http === 2) caller.tell({ id: 1, post: "/wait" });
    else caller.tell({ id: 2, http1: channel.path, target: "/wait" });
    await until(() => waiting.length === 1);
    let isClosed = false;
    const closed = channel.close(5000).then(() => {
      isClosed = true;
    });
    await caller.ask({ id: 3, raw: channel.path }, "closed");
    expect(isClosed).toBe(false);
    waiting[0]?.response.end("done" as never);
    expect(await caller.event(http === 2 ? 1 : 2, "body")).toMatchObject({
      body: "done",
    });
    await closed;
    expect(channel.connections.size).toBe(0);
  });
}

test("waits no longer for a call than it was told to", async () => {
  const { channel, waiting, scheduler } = await open();
  const caller = await startHttpCaller();
  await caller.ask({ id: 1, http2: channel.path });
  caller.tell({ id: 1, post: "/wait" });
  await until(() => waiting.length === 1);
  const closed = channel.close(5000);
  scheduler.advance(4999);
  expect(channel.connections.size).toBe(1);
  scheduler.advance(1);
  await closed;
  expect(channel.connections.size).toBe(0);
});

test("removes only the socket that it made", async () => {
  const { channel } = await open();
  unlinkSync(channel.path);
  writeFileSync(channel.path, "somebody else's");
  await channel.close();
  expect(readFileSync(channel.path, "utf8")).toBe("somebody else's");
});

test("serves a program that it started over a pair of sockets, known from its start", async () => {
  const { channel, registry, scheduler } = await open();
  const program = talk([fixture("../channel/surface")], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const lease = registry.admitChild(program.child.pid);
  if (typeof lease === "string") throw new Error(lease);
  const connection = channel.adopt(
    program.child.stdio[3] as Socket,
    lease.peer,
  );
  expect(connection.peer).toBe(lease.peer);
  expect(await program.next()).toEqual({
    body: `${lease.peer.number} ${program.child.pid} 2.0 /surface`,
  });
  // It may be silent for as long as it likes.
  scheduler.advance(24 * 60 * 60_000);
  expect(connection.closed.aborted).toBe(false);
  program.child.kill("SIGKILL");
  await until(() => connection.closed.aborted);
});

test("reads nothing of a connection that it refuses (PRC-009)", async () => {
  const source = createLinuxSource({ ...real, userId: 4_000_000 });
  const registry = createPeerRegistry({ source });
  const { channel, refused, calls } = await open({ registry });
  const caller = await startHttpCaller();
  const call = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  await caller.ask({ id: 1, raw: channel.path, send: base64(call) });
  expect(await caller.event(1, "closed")).toMatchObject({ received: 0 });
  expect(refused).toEqual(["other-user"]);
  expect(calls()).toBe(0);
});

testWhen(works("curl", "--version"), "curl: apt-get install curl")(
  "answers curl, with HTTP/2 and HTTP/1.1",
  async () => {
    const { channel } = await open();
    for (const [flag, version] of [
      ["--http2-prior-knowledge", "2.0"],
      ["--http1.1", "1.1"],
    ] as const) {
      const curl = start("curl", [
        "-s",
        flag,
        "-d",
        "{}",
        "--unix-socket",
        channel.path,
        "http://x/a",
      ]);
      const chunks: Buffer[] = [];
      curl.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
      await new Promise((resolve) => curl.once("close", resolve));
      expect(String(Buffer.concat(chunks))).toMatch(
        new RegExp(`^\\d+ ${curl.pid} ${version} /a$`),
      );
    }
  },
);

testWhen(works("python3", "--version"), "python3: apt-get install python3")(
  "serves a socket that the service manager opened, by its name, and leaves the file (T60)",
  async () => {
    const path = join(temporaryDirectory(), "owner.sock");
    // What systemd does: listen, put the socket at 3, say whose it is, and exec.
    const manager = [
      "import os, socket, sys",
      "os.umask(0o177); s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()",
      "os.dup2(s.fileno(), 3); os.set_inheritable(3, True)",
      "os.environ.update(LISTEN_FDS='1', LISTEN_FDNAMES='owner', LISTEN_PID=str(os.getpid()))",
      "os.execv(sys.argv[2], sys.argv[2:])",
    ].join("\n");
    const broker = talk(
      [
        "-c",
        manager,
        path,
        process.execPath,
        fixture("../channel/activated"),
        path,
      ],
      {},
      "python3",
    );
    expect(await broker.next()).toEqual({ listening: path, left: [] });
    const caller = await startHttpCaller();
    const { body } = await caller.ask({ id: 1, http1: path, target: "/a" });
    expect(body).toBe(`/a of ${caller.pid}`);
    await broker.ask({ close: true });
    expect(lstatSync(path).isSocket()).toBe(true);
  },
);
