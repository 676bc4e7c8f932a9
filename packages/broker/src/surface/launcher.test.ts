// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createManualTime, type ManualTime } from "../../test/manual-time.ts";
import {
  createSurfaceLauncher,
  type SurfaceLauncher,
  surfaceGraceMs,
  surfaceIdleMs,
} from "./launcher.ts";

interface Place {
  readonly launcher: SurfaceLauncher;
  readonly time: ManualTime;
  readonly told: string[];
  readonly pids: number[];
  readonly sockets: Socket[];
  /** Wait until it told so. */
  says(text: string): Promise<void>;
}

const places: Place[] = [];
afterEach(async () => {
  for (const { pids } of places.splice(0)) {
    for (const pid of pids) kill(pid, "SIGKILL");
  }
});

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** A launcher of Node programs, given as source. */
function launch(
  source: string,
  program = process.execPath,
  endsItself = false,
): Place {
  const time = createManualTime();
  const told: string[] = [];
  const pids: number[] = [];
  const sockets: Socket[] = [];
  let wake = () => {};
  const tell = (line: string) => {
    told.push(line);
    wake();
  };
  const launcher = createSurfaceLauncher({
    command: [program, "--input-type=module", "--eval", source],
    environment: { GIVEN: "yes" },
    endsItself,
    scheduler: time.scheduler,
    adopt(socket) {
      sockets.push(socket);
      socket.on("error", () => {});
    },
    report: {
      started(pid) {
        pids.push(pid);
        tell("started");
      },
      ended: (code, detail) => tell(`ended ${code} ${detail}`),
      said: (line) => tell(`said ${line}`),
    },
  });
  const place: Place = {
    launcher,
    time,
    told,
    pids,
    sockets,
    async says(text) {
      while (!told.includes(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
  places.push(place);
  return place;
}

/** Until the other end closes descriptor 3, as every surface has to. */
const stays = `
  import { Socket } from "node:net";
  const socket = new Socket({ fd: 3 });
  socket.on("close", () => process.exit(0)).resume();
  console.error("up", Object.keys(process.env).join());
`;

it("starts one surface, over descriptor 3, with the environment it is given and no other (T14)", async () => {
  const place = launch(stays);
  place.launcher.wanted(["a"]);
  place.launcher.wanted(["a", "b"]);
  await place.says("said up GIVEN");
  expect(place.pids).toHaveLength(1);
  const socket = place.sockets[0];
  socket?.end();
  await place.says("ended 0 undefined");
});

it("starts one that failed again after a rest that doubles, until it worked", async () => {
  const place = launch("process.exit(3)");
  const { launcher, time, told } = place;
  const fails = async () => {
    launcher.wanted(["a"]);
    await place.says("ended 3 undefined");
    told.length = 0;
  };
  const rests = (ms: number) => {
    time.runTimers(ms - 1);
    launcher.wanted(["a"]);
    expect(told).toEqual([]);
    time.runTimers(1);
  };
  await fails();
  rests(1_000);
  await fails();
  rests(2_000);
  await fails();
  rests(4_000);
  launcher.worked();
  await fails();
  rests(1_000);
  for (let n = 0; n < 7; n += 1) {
    await fails();
    time.runTimers(60_000);
  }
  await fails();
  rests(60_000);
});

it("does not bring back what the user left, until another prompt comes", async () => {
  const place = launch("process.exit(0)");
  place.launcher.wanted(["a"]);
  await place.says("ended 0 undefined");
  place.told.length = 0;
  place.launcher.wanted(["a"]);
  expect(place.told).toEqual([]);
  place.launcher.wanted(["a", "b"]);
  expect(place.told).toEqual(["started"]);
  await place.says("ended 0 undefined");
});

it("ends a surface after a minute without a prompt, and not before", async () => {
  const place = launch(
    `process.on("SIGTERM", () => process.exit(0)); ${stays}`,
  );
  const { launcher, time } = place;
  launcher.wanted(["a"]);
  await place.says("said up GIVEN");
  launcher.busy(false);
  time.runTimers(surfaceIdleMs - 1);
  launcher.busy(true);
  time.runTimers(surfaceIdleMs);
  launcher.busy(false);
  time.runTimers(surfaceIdleMs - 1);
  expect(place.told).toEqual(["started", "said up GIVEN"]);
  time.runTimers(1);
  await place.says("ended 0 undefined");
});

it("leaves one that ends itself to itself", async () => {
  const place = launch(stays, process.execPath, true);
  place.launcher.wanted(["a"]);
  await place.says("said up GIVEN");
  place.launcher.busy(false);
  place.time.runTimers(surfaceIdleMs * 10);
  expect(place.told).toEqual(["started", "said up GIVEN"]);
  place.sockets[0]?.end();
  await place.says("ended 0 undefined");
});

it("kills at stop what does not end when it is asked to, and starts none any more", async () => {
  const place = launch(`
    process.on("SIGTERM", () => console.error("no"));
    setInterval(() => {}, 1e6);
    console.error("up");
  `);
  const { launcher, time } = place;
  launcher.wanted(["a"]);
  await place.says("said up");
  const stopped = launcher.stop();
  await place.says("said no");
  expect(kill(place.pids[0] ?? 0, 0)).toBe(true);
  time.runTimers(surfaceGraceMs);
  await stopped;
  launcher.wanted(["b"]);
  expect(place.pids).toHaveLength(1);
});

it("tells fifty lines of what it writes, the first five hundred characters of each", async () => {
  const place = launch(`
    console.error("x".repeat(10_000));
    for (let n = 0; n < 1000; n += 1) console.error("line", n);
    process.exitCode = 1;
  `);
  place.launcher.wanted(["a"]);
  await place.says("ended 1 undefined");
  await place.says("said line 48");
  const said = place.told.filter((line) => line.startsWith("said "));
  expect(said).toHaveLength(50);
  expect(said[0]).toBe(`said ${"x".repeat(500)}`);
});

it("tells that a program is not there, and refuses one that is not named in full (T14)", async () => {
  const place = launch("", "/nonexistent/assent-surface");
  place.launcher.wanted(["a"]);
  await place.says("ended undefined ENOENT");
  expect(() => launch("", "node")).toThrow("absolute path");
});

it("a surface that was killed closes its end", async () => {
  const place = launch(stays);
  place.launcher.wanted(["a"]);
  await place.says("said up GIVEN");
  const [socket] = place.sockets;
  if (socket === undefined) throw new Error("no socket");
  const closed = once(socket, "close");
  socket.resume();
  kill(place.pids[0] ?? 0, "SIGKILL");
  await closed;
  await place.says("ended undefined SIGKILL");
});
