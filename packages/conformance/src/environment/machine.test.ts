// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { chmodSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CallerProcess, startCaller } from "../caller/caller-process.ts";
import {
  callerPath,
  type Listener,
  listen,
  testWith,
} from "../caller/native-caller.fixture.ts";
import { compilerAdvice } from "../caller/native-caller.ts";
import { placeCopy } from "../caller/placed-caller.ts";
import { machineFeatures, missingOnMachine } from "./machine.ts";
import {
  canUseNetworkNamespace,
  inNetworkNamespace,
} from "./network-namespace.ts";
import { asSecondUser, canUseSecondUser, secondUser } from "./second-user.ts";

const noCaller = callerPath === "" ? compilerAdvice : undefined;
const isRoot = process.geteuid?.() === 0;

let server: Listener;
let caller: CallerProcess | undefined;

beforeEach(async () => {
  server = await listen();
});

afterEach(async () => {
  caller?.kill();
  caller = undefined;
  await server.close();
});

const uidOf = (pid: number) =>
  /^Uid:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];

describe("the machine", () => {
  it("lacks what needs a C caller where there is none", async () => {
    expect(await missingOnMachine("pid-namespace", undefined)).toContain("gcc");
  });

  it("is asked once for each feature", () => {
    for (const feature of machineFeatures) {
      const found = missingOnMachine(feature, undefined);
      expect(missingOnMachine(feature, undefined)).toBe(found);
    }
  });

  testWith(
    noCaller ?? canUseSecondUser(),
    "runs a caller as a second user",
    async () => {
      chmodSync(server.folder, 0o755);
      chmodSync(server.path, 0o777);
      const folder = join(server.folder, "bin");
      const path = placeCopy(callerPath, { folder, name: "caller" });
      caller = await startCaller({
        command: asSecondUser([path.toString()]),
        cwd: "/",
      });
      const { uid } = secondUser;
      expect(uidOf(caller.pid)).toBe(`${uid}\t${uid}\t${uid}\t${uid}`);
      const came = server.sockets.length;
      await caller.connect(server.path);
      expect(came).toBe(0);
    },
  );

  // What root runs is root's anyway: there it takes a second user to tell.
  testWith(
    noCaller ?? (isRoot ? canUseSecondUser() : undefined),
    "hides a caller: the system gives its files to root",
    async () => {
      chmodSync(server.folder, 0o755);
      const folder = join(server.folder, "bin");
      const path = placeCopy(callerPath, { folder, name: "caller" });
      const plain = [path.toString()] as const;
      caller = await startCaller({
        command: isRoot ? asSecondUser(plain) : plain,
        cwd: "/",
      });
      const owner = () => statSync(`/proc/${caller?.pid}/environ`).uid;
      expect(owner()).not.toBe(0);
      await caller.hide();
      expect(owner()).toBe(0);
    },
  );

  testWith(
    noCaller ?? (isRoot ? undefined : "root: sudo npm test"),
    "lets a caller become a second user, for good",
    async () => {
      caller = await startCaller({ command: [callerPath] });
      const { uid, gid } = secondUser;
      await caller.user(uid, gid);
      expect(uidOf(caller.pid)).toBe(`${uid}\t${uid}\t${uid}\t${uid}`);
      await expect(caller.user(0, 0)).rejects.toThrow("EPERM");
      // The socket is in a folder of ours alone.
      await expect(caller.connect(server.path)).rejects.toThrow("EACCES");
    },
  );

  testWith(
    noCaller ?? canUseNetworkNamespace(),
    "runs a caller in a network of its own, with the pid it is started with",
    async () => {
      caller = await startCaller({ command: inNetworkNamespace([callerPath]) });
      const network = (pid: number | "self") =>
        readlinkSync(`/proc/${pid}/ns/net`);
      expect(network(caller.pid)).not.toBe(network("self"));
      const tcp = readFileSync(`/proc/${caller.pid}/net/tcp`, "utf8");
      expect(tcp.trim().split("\n")).toHaveLength(1);
      const connection = await caller.connect(server.path);
      const closed = once(connection, "close");
      connection.on("data", () => {});
      for (const socket of server.sockets) socket.end();
      if (server.sockets.length > 0) await closed;
    },
  );
});
