// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLinuxSource } from "./linux-source.ts";
import type { PeerDescription } from "./peer.ts";
import { PeerEndedError, type ProcessCapture } from "./process-capture.ts";
import {
  fixture,
  isRoot,
  nobody,
  privateDirectory,
  privatePlace,
  real,
  shellNamed,
  start,
  talk,
  temporaryDirectory,
  testWhen,
  until,
  works,
} from "./processes.fixture.ts";

const source = createLinuxSource(real);

function captured(pid: number, using = source): ProcessCapture {
  const found = using.captureChild(pid);
  if (typeof found === "string") throw new Error(`refused: ${found}`);
  return found;
}

async function describe(pid: number): Promise<PeerDescription> {
  const capture = captured(pid);
  try {
    return await capture.describe();
  } finally {
    capture.close();
  }
}

function shell(
  name: string,
  options: Parameters<typeof start>[2] = {},
  directory = temporaryDirectory(),
): { pid: number; path: string } {
  const path = shellNamed(directory, name);
  return { pid: start(path, [], options).pid, path };
}

const text = (raw: Uint8Array) => Buffer.from(raw).toString();
const bytes = (path: string | Buffer) =>
  new Uint8Array(Buffer.from(path as string));

test("tells path, pid, user, start and digest of what runs (PRM-002)", async () => {
  const before = Date.now();
  const { pid, path } = shell("deployer");
  const description = await describe(pid);
  expect(description).toMatchObject({
    pid,
    path: bytes(path),
    user: String(process.geteuid?.()),
    container: "",
    debugger: "",
    unit: "",
  });
  // The kernel counts starts in hundredths of a second.
  expect(description.startedAtMs).toBeGreaterThan(before - 1000);
  expect(description.startedAtMs).toBeLessThan(Date.now() + 1000);
  expect(Number.isInteger(description.startedAtMs)).toBe(true);
  expect(Buffer.from(description.executableSha256)).toEqual(
    createHash("sha256").update(readFileSync(path)).digest(),
  );
  expect(description.signs).toEqual(["writable-location"]);
});

test("finds nothing odd in a system program that a user started", async () => {
  const child = start("/bin/sleep", ["1000"], { env: {} });
  const description = await describe(child.pid);
  expect(text(description.path)).toBe(realpathSync("/bin/sleep"));
  expect(description.signs).toEqual([]);
});

test("gives a name with a line feed, an escape and a bidi control back raw (PRM-006)", async () => {
  const { pid, path } = shell("git\n\u001b[2J\u202egnp");
  expect((await describe(pid)).path).toEqual(bytes(path));
});

test("gives a name that is no UTF-8 back raw (PRM-006)", async () => {
  const { pid, path } = shell("plain");
  const odd = Buffer.concat([Buffer.from(`${path}-`), Buffer.of(0xff, 0xfe)]);
  renameSync(path, odd);
  const { path: told } = await describe(pid);
  expect(told).toEqual(bytes(odd));
});

test("marks a program whose file was deleted, and tells its path without the kernel's note (PRC-011, T6)", async () => {
  const { pid, path } = shell("gone");
  unlinkSync(path);
  const description = await describe(pid);
  expect(description.path).toEqual(bytes(path));
  expect(description.signs).toContain("replaced-executable");
  expect(description.executableSha256).toHaveLength(32);
});

test("marks a program whose file was replaced, and hashes what runs (PRC-011, T6)", async () => {
  const { pid, path } = shell("upgraded");
  const running = createHash("sha256").update(readFileSync(path)).digest();
  writeFileSync(`${path}.new`, "#!/bin/sh\n", { mode: 0o755 });
  renameSync(`${path}.new`, path);
  const description = await describe(pid);
  expect(description.path).toEqual(bytes(path));
  expect(description.signs).toContain("replaced-executable");
  expect(Buffer.from(description.executableSha256)).toEqual(running);
});

test("does not mark a file that is really called so (PRC-011, T6)", async () => {
  const { pid, path } = shell("evil (deleted)");
  const description = await describe(pid);
  expect(description.path).toEqual(bytes(path));
  expect(description.signs).not.toContain("replaced-executable");
  unlinkSync(path);
  const gone = await describe(pid);
  expect(gone.path).toEqual(bytes(path));
  expect(gone.signs).toContain("replaced-executable");
});

testWhen(
  privatePlace !== undefined,
  "a checkout or a home that nobody else can write to",
)("marks a place where others can put another program", async () => {
  const directory = privateDirectory();
  const { pid, path } = shell("tool", {}, directory);
  const isMarked = async () =>
    (await describe(pid)).signs.includes("writable-location");
  expect(await isMarked()).toBe(false);
  chmodSync(path, 0o757);
  expect(await isMarked()).toBe(true);
  chmodSync(path, 0o755);
  chmodSync(directory, 0o777);
  expect(await isMarked()).toBe(true);
  chmodSync(directory, 0o700);
  expect(await isMarked()).toBe(false);
  expect((await describe(shell("tool").pid)).signs).toContain(
    "writable-location",
  );
});

test("names an interpreter and the script it claims to run (T8)", async () => {
  const directory = temporaryDirectory();
  const script = join(directory, "deploy.mjs");
  writeFileSync(script, "process.stdin.resume(); console.log('{}')");
  mkdirSync(join(directory, "sub"));
  const program = talk(["--no-warnings", "../deploy.mjs", "prod"], {
    cwd: join(directory, "sub"),
  });
  await program.next();
  const { signs, claims } = await describe(program.child.pid);
  expect(signs).toContain("interpreter");
  expect(text(claims.script)).toBe(script);
  expect(text(claims.workingDirectory)).toBe(join(directory, "sub"));
  expect(claims.arguments.map(text).slice(1)).toEqual([
    "--no-warnings",
    "../deploy.mjs",
    "prod",
  ]);
});

test("keeps the arguments of the first look", async () => {
  const program = talk([fixture("shifty")]);
  await program.next();
  const capture = captured(program.child.pid);
  const first = await capture.describe();
  await program.ask({ title: "/usr/bin/git fetch" });
  expect((await capture.describe()).claims).toBe(first.claims);
  expect(
    (await describe(program.child.pid)).claims.arguments.map(text).join(" "),
  ).toContain("/usr/bin/git");
  capture.close();
});

test("names who started it, nearest first", async () => {
  const place = temporaryDirectory();
  const inner = shellNamed(place, "inner");
  const outer = start(shellNamed(place, "outer"), [
    "-c",
    `${inner} -c 'echo "{\\"pid\\":$$}"; read nothing'; true`,
  ]);
  const [line] = (
    await new Promise<string>((resolve) =>
      outer.stdout?.once("data", (data) => resolve(String(data))),
    )
  ).split("\n");
  const { pid } = JSON.parse(line ?? "") as { pid: number };
  const { claims } = await describe(pid);
  expect(claims.startedBy.slice(0, 2).map(text)).toEqual([
    "outer",
    realpathSync(process.execPath).split("/").at(-1),
  ]);
  expect(claims.startedBy.length).toBeLessThanOrEqual(8);
});

for (const variable of [
  "LD_PRELOAD",
  "NODE_OPTIONS",
  "PYTHONPATH",
  "BASH_ENV",
]) {
  test(`warns of ${variable} (T9)`, async () => {
    const clean = shell("clean", {
      env: { PATH: "/bin", [`${variable}S`]: "x" },
    });
    expect((await describe(clean.pid)).signs).not.toContain("injected-code");
    const env = { PATH: "/bin", [variable]: "/tmp/nothing" };
    const { pid } = shell("tool", { env, stdio: ["pipe", "ignore", "ignore"] });
    expect((await describe(pid)).signs).toContain("injected-code");
  });
}

test("warns of a relay, whose own caller is unknown (T31)", async () => {
  const { pid } = shell("socat");
  expect((await describe(pid)).signs).toContain("relay");
});

test("names the debugger that controls it (T10)", async () => {
  const { pid } = shell("watched");
  const tracer = talk([fixture("tracer"), String(pid)]);
  expect(await tracer.next()).toEqual({ errno: 0 });
  const description = await describe(pid);
  expect(description.signs).toContain("debugged");
  expect(description.debugger).toBe(`node (${tracer.child.pid})`);
  tracer.child.kill("SIGKILL");
  await until(() =>
    readFileSync(`/proc/${pid}/status`, "latin1").includes("TracerPid:\t0"),
  );
  expect((await describe(pid)).signs).not.toContain("debugged");
});

testWhen(
  works("unshare", "-Urm", "true"),
  "user namespaces: sysctl kernel.unprivileged_userns_clone=1, or root",
)(
  "marks a path of another namespace, which is not the file of that name here (T5)",
  async () => {
    const fake = shellNamed(temporaryDirectory(), "fake");
    const program = talk(
      [
        "-Urm",
        "/bin/sh",
        "-c",
        `mount --bind ${fake} /usr/bin/env && exec /usr/bin/env -c 'echo "{}"; read nothing'`,
      ],
      {},
      "unshare",
    );
    await program.next();
    const description = await describe(program.child.pid);
    expect(text(description.path)).toBe("/usr/bin/env");
    expect(description.signs).toContain("other-namespace");
    expect(description.container).toMatch(/mnt:\[\d+\]/);
    expect(Buffer.from(description.executableSha256)).toEqual(
      createHash("sha256").update(readFileSync(fake)).digest(),
    );
  },
);

test("describes nothing of a process that ended (PRC-012)", async () => {
  const child = start("/bin/sh");
  const capture = captured(child.pid);
  child.kill("SIGKILL");
  await until(() => capture.verify() !== undefined);
  await expect(capture.describe()).rejects.toEqual(
    new PeerEndedError("exited"),
  );
  capture.close();
  await expect(capture.describe()).rejects.toThrow(PeerEndedError);
});

test("describes nothing of a process that ends while it is read (PRC-012)", async () => {
  const child = start("/bin/sh");
  const deadly = createLinuxSource({
    ...real,
    // Asked for as soon as reading begins.
    wallMs: () => {
      child.kill("SIGKILL");
      while (capture.verify() === undefined);
      return Date.now();
    },
  });
  const capture = captured(child.pid, deadly);
  await expect(capture.describe()).rejects.toEqual(
    new PeerEndedError("exited"),
  );
  capture.close();
});

test("describes nothing of a process after an exec (PRC-005)", async () => {
  const program = talk([fixture("caller")]);
  await program.next();
  const capture = captured(program.child.pid);
  program.tell({ exec: null });
  await program.next();
  await expect(capture.describe()).rejects.toEqual(
    new PeerEndedError("replaced"),
  );
  capture.close();
});

test("tells nothing when the capture is closed while it is read", async () => {
  const capture = captured(shell("reader").pid);
  const description = capture.describe();
  capture.close();
  await expect(description).rejects.toEqual(new PeerEndedError("exited"));
});

test("leaves the digest out when it is not ready in time, and has it later", async () => {
  const deadlines: (() => void)[] = [];
  const impatient = createLinuxSource({
    ...real,
    scheduler: {
      after(_ms, task) {
        deadlines.push(task);
        return () => undefined;
      },
    },
  });
  const capture = captured(shell("slow").pid, impatient);
  const first = capture.describe();
  deadlines[0]?.();
  expect((await first).executableSha256).toHaveLength(0);
  expect((await capture.describe()).executableSha256).toHaveLength(32);
  capture.close();
});

testWhen(
  isRoot && privatePlace !== undefined,
  "root: sudo npx vitest run src/peer",
)("marks a program that belongs to another user", async () => {
  const { pid, path } = shell("theirs", {}, privateDirectory());
  chownSync(path, nobody, nobody);
  expect((await describe(pid)).signs).toContain("writable-location");
});
