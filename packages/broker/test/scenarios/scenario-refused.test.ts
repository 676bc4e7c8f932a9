// SPDX-License-Identifier: Apache-2.0
// Who is refused without a question: other users, those that cannot be seen,
// those from outside, the broker itself. Rows F3 to H1, but for G5, and what is
// refused when the system tells nothing any more.
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits } from "@assent/protocol";
import { afterAll, beforeAll, describe, expect } from "vitest";
import {
  fixture,
  isRoot,
  nobody,
  talk,
  testWhen,
  works,
} from "../../src/peer/processes.fixture.ts";
import { asUser, hidingRoom, observe, ownRoom } from "./laboratory-run.ts";
import { callBytes, compileCaller, startNative } from "./native-caller.ts";
import { asking, reading, type Scene, startScene } from "./scene.ts";

const canCompile = works("gcc", "--version");
const it = testWhen(canCompile, "a C compiler: apt-get install gcc");
const asRoot = testWhen(
  canCompile && isRoot && works("setpriv", "--version"),
  "root, a C compiler and setpriv: apt-get install gcc util-linux; sudo npm test",
);
const runs = ([program = "", ...args]: readonly string[]) =>
  works(program, ...args, "true");
const whereItRuns = (within: readonly string[]) =>
  testWhen(
    canCompile && runs(within),
    "gcc and setpriv (apt-get install gcc util-linux) and user namespaces (sysctl kernel.unprivileged_userns_clone=1, or root)",
  );

const unidentified = { reason: "PEER_UNIDENTIFIED", prompts: 0 };
const asksFirst = { reason: "AUTHORIZATION_REQUIRED", prompts: 0 };

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "assent-refused-"));
  chmodSync(place, 0o755);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A program for others to run, with an owner, a group and a mode. */
function programOf(name: string, owner: number, group: number, mode: number) {
  const path = compileCaller(place, name);
  chownSync(path, owner, group);
  chmodSync(path, mode);
  return path;
}

describe("a broker that sees its programs", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(() => scene.close());

  asRoot(
    "G1: a program of another user that can reach the socket is closed unread (PRC-009)",
    async () => {
      const { home, places } = scene.rig;
      for (const path of [home, places.runtimeDirectory])
        chmodSync(path, 0o711);
      chmodSync(places.brokerSocket, 0o666);
      try {
        const caller = await scene.connected(undefined, {
          uid: nobody,
          gid: nobody,
        });
        expect((await caller.receive()).status).toBe(0);
      } finally {
        for (const path of [home, places.runtimeDirectory])
          chmodSync(path, 0o700);
        chmodSync(places.brokerSocket, 0o600);
      }
    },
  );

  asRoot(
    "G4: one that gives up its user after it connected is not asked about under its old one (PRC-001)",
    async () => {
      const caller = await scene.connected();
      expect(await caller.do(`user ${nobody}`)).toBe("ok");
      // The kernel hides such a process, until it shows itself.
      expect(await caller.do("dumpable 1")).toBe("ok");
      const answer = await caller.call("Authorize", asking);
      // The second, when somebody looked at it while it was hidden.
      expect(["PROCESS_CHANGED", "PEER_UNIDENTIFIED"]).toContain(answer.reason);
      expect(await scene.rig.prompts()).toEqual([]);
      await caller.end();
    },
  );

  it("H1: a connection of the broker's own process is closed unread", async () => {
    const own = connect(scene.rig.places.brokerSocket);
    let came = 0;
    own.on("data", (data) => {
      came += data.length;
    });
    await new Promise<void>((resolve) => own.once("close", () => resolve()));
    expect(came).toBe(0);
  });

  const open = () => readdirSync("/proc/self/fd").length;

  it(`holds six descriptors for a program with one connection, and one more for each further one, at most ${limits.connectionsPerProcess} (T60)`, async () => {
    const idle = open();
    const caller = await scene.native();
    const before = open();
    await caller.do(`connect ${scene.rig.places.brokerSocket}`);
    expect((await scene.read(caller)).reason).toBe("AUTHORIZATION_REQUIRED");
    expect(open() - before).toBe(6);
    for (let more = 1; more < limits.connectionsPerProcess; more += 1) {
      await caller.do(`connect ${scene.rig.places.brokerSocket}`);
    }
    expect((await scene.read(caller)).status).toBe(401);
    expect(open() - before).toBe(5 + limits.connectionsPerProcess);
    await caller.do(`connect ${scene.rig.places.brokerSocket}`);
    expect((await caller.receive()).status).toBe(0);
    expect(open() - before).toBe(5 + limits.connectionsPerProcess);
    await caller.end();
    await settled(idle);
  });

  it("holds nothing of a thousand programs that came, asked and went (T60)", async () => {
    const idle = open();
    const bytes = callBytes("Request", reading);
    const swarm = await scene.native();
    // Swept as often as in a real broker: while they come and go.
    const sweeping = setInterval(() => scene.rig.broker.sweep(), 250);
    expect(
      await swarm.do(`swarm ${scene.rig.places.brokerSocket} 1000 ${bytes}`),
    ).toBe("served 1000");
    clearInterval(sweeping);
    await swarm.end();
    await settled(idle);
  });

  /** Waits until no more are open than when nobody was there. */
  async function settled(idle: number): Promise<void> {
    do {
      scene.rig.broker.sweep();
      await new Promise((resolve) => setImmediate(resolve));
    } while (open() > idle);
  }
});

describe("a broker that runs as a user without rights", () => {
  const user = isRoot ? asUser : [];
  const hiding = [...user, ...hidingRoom];

  asRoot(
    "G1: a program that is setuid to root is closed unread (PRC-009)",
    () => {
      const path = programOf("setuid", 0, 0, 0o4755);
      const seen = observe("setuid", { within: user, args: [path] });
      expect(seen).toEqual({ stranger: "closed", own: asksFirst });
    },
  );

  whereItRuns(user.length > 0 ? user : ["env"])(
    "G2: programs that the system hides are served, and refused at every call without a prompt (PRM-011)",
    () => {
      const seen = observe("hidden", { within: user });
      expect(seen).toEqual({
        open: asksFirst,
        undumpable: unidentified,
        visible: true,
        unreadable: unidentified,
        later: "PROCESS_CHANGED",
      });
    },
  );

  asRoot(
    "G2: so is one with the rights of another group, or of root's that nobody may read (PRM-011)",
    () => {
      const setgid = programOf("setgid", 0, 1, 0o2755);
      const secretive = programOf("secretive", 0, 0, 0o711);
      const seen = observe("hidden", {
        within: user,
        args: [setgid, secretive],
      });
      expect(seen).toMatchObject({
        open: asksFirst,
        [setgid]: unidentified,
        [secretive]: unidentified,
      });
    },
  );

  whereItRuns(hiding)(
    "G3: where /proc shows nothing at all of such programs they are refused alike (PRM-011)",
    () => {
      const seen = observe("hidden", { within: hiding });
      expect(seen).toMatchObject({
        open: asksFirst,
        undumpable: unidentified,
        visible: false,
        unreadable: unidentified,
      });
    },
  );
});

describe("a broker in a PID namespace", () => {
  const namespaces = ["-Urpf", "--kill-child", "--mount-proc"];
  whereItRuns(["unshare", ...namespaces])(
    "F3: a program from outside has no process id there, and is refused (PRC-001, T5)",
    async () => {
      const socket = join(place, "outside");
      const inside = [...namespaces, process.execPath, fixture("admissions")];
      const broker = talk([...inside, socket], {}, "unshare");
      await broker.next();
      const outsider = await startNative(compileCaller(place, "outsider"));
      expect(await outsider.do(`connect ${socket}`)).toBe("ok");
      expect(await broker.next()).toEqual({ refused: "outside-namespace" });
      await outsider.end();
    },
  );
});

describe("a broker that the system tells nothing any more", () => {
  whereItRuns(ownRoom)(
    "refuses new connections unread and every question, when /proc is gone (PRC-012)",
    () => {
      const seen = observe("withoutProc", { within: ownRoom });
      expect(seen).toMatchObject({ fresh: "closed", prompts: 0 });
      expect(seen.code).toBeDefined();
      expect(seen.text).not.toContain("/proc");
    },
  );
});
