// SPDX-License-Identifier: Apache-2.0
// The host as a process, started by a real broker or by `assent ui`. No window
// can come up on the display that is named, so its file stays for the test.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promptDigest } from "@assent/protocol";
import { ApprovalMethod, PromptBodySchema } from "@assent/protocol/owner";
import { fromBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signIn } from "./host-rig.ts";
import { bootstrapIn, processes, tokenIn } from "./opening.ts";
import {
  createTestPage,
  enter,
  failureOf,
  pageHeaders,
  postBootstrap,
  secretsOf,
  send,
  type TestPage,
  watch,
} from "./page-client.ts";
import {
  cli,
  password,
  prepareProgram,
  type RealBroker,
  type Running,
  run,
  startRealBroker,
} from "./real-broker.ts";

const noDisplay = { DISPLAY: ":4711", WAYLAND_DISPLAY: undefined };

/** A page that came in by the file that was put there. */
async function pageIn(directory: string): Promise<TestPage> {
  const file = await bootstrapIn(directory);
  const [, origin = ""] =
    /action="(http:\/\/[^/"]+)/.exec(readFileSync(file, "utf8")) ?? [];
  return enter(origin, file);
}

/** Inodes of the network sockets that a process holds. */
function networkSockets(pid: number): string[] {
  const script = `for t in tcp tcp6 udp udp6 raw raw6; do awk 'NR>1{print $10}' /proc/net/$t; done; echo; ls -l /proc/${pid}/fd`;
  const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  const [network = "", held = ""] = stdout.split("\n\n");
  const inodes = new Set(network.split("\n"));
  return [...held.matchAll(/socket:\[(\d+)\]/g)]
    .map(([, inode = ""]) => inode)
    .filter((inode) => inodes.has(inode));
}

describe("the broker's own page", () => {
  let broker: RealBroker;
  beforeAll(async () => {
    broker = await startRealBroker(noDisplay);
    await prepareProgram(broker);
  });
  afterAll(() => broker?.close());

  it("comes for a prompt that nobody shows, and brings the yes back: the secret arrives (T43)", async () => {
    const program = broker.ask();
    await program.says("asking you for access");
    await broker.broker.says("own surface has started");
    const file = await bootstrapIn(broker.directory);
    const text = readFileSync(file, "utf8");
    const token = tokenIn(text);
    // The file's path may be seen by anybody, its token by nobody (T20).
    for (const { argv } of processes("")) expect(argv).not.toContain(token);
    const [, origin = ""] = /action="(http:\/\/[^/"]+)/.exec(text) ?? [];
    if (process.getuid?.() === 0) {
      const other = ["--reuid=65534", "--regid=65534", "--clear-groups"];
      const stolen = spawnSync("setpriv", [...other, "cat", file]);
      expect(stolen.status).not.toBe(0);
    } else {
      console.warn("NOT RUN: another user reads the file\n  it needs root\n");
    }
    const landing = await postBootstrap(file);
    const page = createTestPage(secretsOf(origin, landing));
    const watching = watch(page);
    expect(await watching.state).toBe("open");
    const [prompt] = await watching.next();
    if (prompt === undefined) throw new Error("no prompt");
    const body = fromBinary(PromptBodySchema, prompt.body);
    const digest = await promptDigest(prompt.body);
    const shown = { promptId: prompt.id, digest };
    await page.prompts.shown(shown);
    const account = body.account?.id ?? "";
    const begin = () =>
      page.prompts.beginApproval({
        ...shown,
        accountId: account,
        method: ApprovalMethod.PASSWORD,
        ...(body.scope && { scope: body.scope }),
        ...(body.inactivityTimeout && {
          inactivityTimeout: body.inactivityTimeout,
        }),
      });
    // Whoever has cookie and key gets so far, and no further.
    const { approvalId } = await begin();
    expect(await failureOf(page.prompts.approve({ approvalId }))).not.toBe(
      "done",
    );
    const second = await begin();
    await page.prompts.approve({
      approvalId: second.approvalId,
      credential: {
        case: "password",
        value: new TextEncoder().encode(password),
      },
    });
    await program.says("second part: uploaded");
    expect(await program.ended).toBe(0);
    expect(await watching.next()).toEqual([]);
    // The page gave the password for that prompt, and for nothing else.
    expect(await failureOf(page.accounts.listKeySlots({ account }))).toBe(
      "CREDENTIAL_REQUIRED",
    );
    watching.leave();
  });

  it("listens in a process of its own; the broker holds no network socket", () => {
    const [host] = processes("--surface").filter(({ argv }) =>
      argv.includes(broker.directory),
    );
    if (host === undefined) throw new Error("no host");
    expect(networkSockets(host.pid).length).toBeGreaterThan(1);
    const pid = broker.broker.process.pid ?? 0;
    expect(networkSockets(pid)).toEqual([]);
  });

  it("leaves when it is ended, and when the broker is gone its pages are told (T54)", async () => {
    const ask = async (): Promise<[Running, TestPage]> => {
      const program = broker.ask();
      return [program, await pageIn(broker.directory)];
    };
    const host = () =>
      processes("--surface").find(({ argv }) =>
        argv.includes(broker.directory),
      );
    // The one from before.
    const before = host();
    if (before !== undefined) {
      process.kill(before.pid, "SIGTERM");
      await broker.broker.says("own surface has ended");
    }
    const [program, page] = await ask();
    const watching = watch(page);
    await watching.next();
    const mine = host();
    if (mine === undefined) throw new Error("no host");
    expect(mine.pid).not.toBe(before?.pid);
    broker.broker.process.kill("SIGKILL");
    expect(await watching.end).toBe("offline");
    expect(await failureOf(page.accounts.listAccounts({}))).toBe("offline");
    await program.ended;
    await expect.poll(() => host()?.pid, { timeout: 5_000 }).toBeUndefined();
    const left = readdirSync(broker.directory);
    expect(left.filter((name) => /^(open|window)-/.test(name))).toEqual([]);
    const gone = await send(page.origin, "/").catch(({ code }) => code);
    expect(gone).toBe("ECONNREFUSED");
  });
});

describe("assent ui", () => {
  let broker: RealBroker;
  beforeAll(async () => {
    broker = await startRealBroker();
  });
  afterAll(() => broker?.close());

  it("tells address and code, serves until interrupted, and makes its page leave (T54)", async () => {
    const ui = broker.start("ui", "--no-open");
    await ui.says("good once");
    const [, origin = "", code = ""] =
      /(http:\/\/assent\.localhost:\d+)\/\n +(\S+)\n/.exec(ui.output()) ?? [];
    const reply = await send(origin, "/session", {
      method: "POST",
      headers: { origin },
      body: new URLSearchParams({ code }).toString(),
    });
    const { key } = JSON.parse(reply.body);
    const page = createTestPage({ ...secretsOf(origin, reply), key });
    const watching = watch(page);
    expect(await watching.state).toBe("sign-in");
    await signIn(page);
    expect(await watching.next()).toEqual([]);
    ui.process.kill("SIGINT");
    expect(await watching.end).toBe("leave");
    await send(origin, "/left", { method: "POST", headers: pageHeaders(page) });
    expect(await ui.ended).toBe(0);
  });

  it("says what to do where no browser comes up, at once", async () => {
    const ui = run(
      [process.execPath, cli, "ui", "--home", broker.home],
      noDisplay,
    );
    await ui.says("No browser could be opened here. Open this address");
    expect(ui.output()).toMatch(/\/\n +\S{4}-\S{4}\n/);
    ui.process.kill("SIGINT");
    expect(await ui.ended).toBe(0);
  });

  it("ends with whoever started it, however that ended", async () => {
    const ui = broker.start("ui", "--no-open");
    await ui.says("good once");
    const [, origin = ""] =
      /(http:\/\/assent\.localhost:\d+)\//.exec(ui.output()) ?? [];
    ui.process.kill("SIGKILL");
    const reached = () =>
      send(origin, "/").then(
        ({ status }) => status,
        ({ code }) => code,
      );
    await expect.poll(reached, { timeout: 5_000 }).toBe("ECONNREFUSED");
  });

  it("says that no broker runs, and believes no environment about where it is (T59)", async () => {
    const nowhere = join(broker.home, "nothing");
    const other = run([process.execPath, cli, "ui"], {
      ASSENT_HOME: broker.home,
      HOME: nowhere,
      XDG_RUNTIME_DIR: nowhere,
    });
    expect(await other.ended).toBe(3);
    expect(other.output()).toContain("ASSENT_HOME ignored");
    expect(other.output()).toContain("Assent is not running");
  });

  it("says so when the broker stops", async () => {
    const ui = broker.start("ui", "--no-open");
    await ui.says("good once");
    const [, origin = "", code = ""] =
      /(http:\/\/assent\.localhost:\d+)\/\n +(\S+)\n/.exec(ui.output()) ?? [];
    const reply = await send(origin, "/session", {
      method: "POST",
      headers: { origin },
      body: new URLSearchParams({ code }).toString(),
    });
    const { key } = JSON.parse(reply.body);
    const page = createTestPage({ ...secretsOf(origin, reply), key });
    const watching = watch(page);
    await watching.state;
    await signIn(page);
    await watching.next();
    broker.broker.process.kill("SIGTERM");
    expect(await watching.end).toBe("offline");
    expect(await ui.ended).toBe(3);
    expect(ui.output()).toContain("The broker has stopped");
  });
});
