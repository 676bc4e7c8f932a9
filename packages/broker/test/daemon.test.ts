// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promptDigest } from "@assent/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Caller, startCaller } from "./caller.ts";
import { base64 } from "./rig.ts";

const script = fileURLToPath(new URL("run-broker.mjs", import.meta.url));
const secret = "canary-9b1f-daemon-secret";
const password = "canary-c7d2-daemon-password";
const credential = { account: "Personal", password: base64(password) };

interface Daemon {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Wait until its output matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

let home: string;
let started: { kill(signal: NodeJS.Signals): unknown }[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assent-daemon-"));
});
afterEach(() => {
  for (const one of started) one.kill("SIGKILL");
  started = [];
  rmSync(home, { recursive: true, force: true });
});

/** Resolves once it is ready or has ended. */
function run(...nodeOptions: string[]): Promise<Daemon> {
  return runLogging({}, ...nodeOptions);
}

function runLogging(log: object, ...nodeOptions: string[]): Promise<Daemon> {
  const args = [...nodeOptions, script, home, JSON.stringify(log)];
  return launch(process.execPath, args);
}

/** The same, with so many descriptors at most. */
function runWithDescriptors(count: number): Promise<Daemon> {
  const program = [process.execPath, script, home, "{}"];
  const limited = `ulimit -n ${count}; exec "$0" "$@"`;
  return launch("/bin/sh", ["-c", limited, ...program]);
}

function launch(file: string, args: readonly string[]): Promise<Daemon> {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let output = "";
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("close", (code, signal) => resolve(code ?? signal)),
  );
  return new Promise((resolve) => {
    let told = () => {};
    const says = async (pattern: RegExp) => {
      while (!pattern.test(output)) {
        await new Promise<void>((next) => {
          told = next;
        });
      }
    };
    const daemon = { child, output: () => output, says, ended };
    const take = (chunk: Buffer) => {
      output += chunk;
      told();
      if (output.includes("ready\n")) resolve(daemon);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("close", () => resolve(daemon));
  });
}

const socket = (name: string) => join(home, "run", name);
async function caller(): Promise<Caller> {
  const one = await startCaller({
    brokerSocket: socket("broker.sock"),
    ownerSocket: socket("owner.sock"),
  });
  started.push(one);
  return one;
}

/** An account with one secret, and the integration on. */
async function furnish(owner: Caller): Promise<void> {
  const must = async (method: string, message: object) => {
    const answer = await owner.owner(method, message);
    if (answer.status !== 200) throw new Error(`${method}: ${answer.text}`);
    return answer.body;
  };
  await must("AccountService/CreateAccount", {
    name: "Personal",
    password: base64(password),
  });
  await must("AccountService/Authenticate", { credential });
  await must("SettingsService/PutSettings", {
    credential,
    settings: { integrationEnabled: true },
  });
  const { result } = await must("VaultService/Operate", {
    credential,
    operation: { putVault: { vault: { name: "Dev" } } },
  });
  const field = {
    title: "token",
    type: "FIELD_TYPE_CONCEALED",
    value: base64(secret),
  };
  const item = {
    overview: { vaultId: result.vault.id, title: "GitHub" },
    fields: [field],
  };
  await must("VaultService/Operate", {
    credential,
    operation: { putItems: { items: [item] } },
  });
}

/** The caller authorizes, the owner approves as a surface does. */
async function authorize(
  program: Caller,
  owner: Caller,
  claims: object = {},
): Promise<void> {
  const watching = owner.watch("PromptService/WatchPrompts", {});
  const authorizing = program.broker("Authorize", {
    account: "Personal",
    ...claims,
  });
  const { prompts } = await watching.next((event) => event.prompts?.length > 0);
  const digest = await promptDigest(Buffer.from(prompts[0].body, "base64"));
  const begun = await owner.owner("PromptService/BeginApproval", {
    promptId: prompts[0].id,
    digest: Buffer.from(digest).toString("base64"),
    method: "APPROVAL_METHOD_PASSWORD",
  });
  const approved = await owner.owner("PromptService/Approve", {
    approvalId: begun.body.approvalId,
    password: base64(password),
  });
  expect(approved.status, approved.text).toBe(200);
  expect((await authorizing).status).toBe(200);
}

const read = (program: Caller) =>
  program.broker("Request", {
    account: "Personal",
    operation: {
      resolveSecrets: { references: ["assent://Dev/GitHub/token"] },
    },
  });

describe("the broker as a process", () => {
  it("gives the secret after a real password, and keeps both out of every other place (SES-013, LEAK-003, LEAK-004, T20)", async () => {
    const daemon = await run();
    const [owner, program] = [await caller(), await caller()];
    await furnish(owner);
    await authorize(program, owner);
    const answer = await read(program);
    expect(answer.body.result.resolvedSecrets.secrets[0].value).toBe(
      base64(secret),
    );
    const errors = [
      await program.broker("Request", {
        account: "Personal",
        operation: {
          resolveSecrets: { references: ["assent://Dev/GitHub/nothing"] },
        },
      }),
      await program.broker("Request", {
        account: "Personal",
        operation: { putVault: { vault: { name: "x" } } },
      }),
      await owner.owner("AccountService/Authenticate", {
        credential: { ...credential, password: base64("wrong password") },
      }),
    ];
    await owner.owner("AccountService/LockAccount", {});
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
    const canaries = [secret, password].flatMap((text) => [
      Buffer.from(text),
      Buffer.from(base64(text)),
      Buffer.from(Buffer.from(text).toString("hex")),
      Buffer.from(text, "utf16le"),
    ]);
    const places: [string, Buffer][] = [
      ["output", Buffer.from(daemon.output())],
      ["errors", Buffer.from(errors.map((e) => e.text).join())],
      ...files(home).map((file): [string, Buffer] => [
        file,
        readFileSync(file),
      ]),
    ];
    expect(places.length).toBeGreaterThan(5);
    for (const [place, bytes] of places) {
      for (const canary of canaries) {
        expect(bytes.includes(canary), `${canary} in ${place}`).toBe(false);
      }
    }
  });

  it.each(["text", "json"])(
    "tells nothing of accounts, items, purposes and secrets in its log, at its most talkative, as %s (LEAK-003, LEAK-004, T20)",
    async (format) => {
      const file = join(home, "broker.log");
      const daemon = await runLogging({ level: "debug", format, file });
      const [owner, program] = [await caller(), await caller()];
      await furnish(owner);
      const made = await owner.owner("AccountService/AddRecoveryCode", {
        credential,
      });
      const recoveryCode = Buffer.from(made.body.recoveryCode, "base64");
      await authorize(program, owner, {
        purpose: "canary-purpose",
        integration: { name: "canary-integration", version: "1" },
      });
      expect((await read(program)).status).toBe(200);
      const calls = [
        program.broker("Request", {
          account: "Personal",
          operation: { resolveSecrets: { references: ["canary-reference"] } },
        }),
        program.broker("Request", { account: "canary-account", operation: {} }),
        program.broker("Authorize", { scope: { vaults: ["canary-vault"] } }),
        owner.owner("AccountService/Authenticate", {
          credential: { account: "Personal", password: base64("canary-wrong") },
        }),
        owner.owner("AccountService/RenameAccount", {
          credential,
          name: "canary\nname",
        }),
        owner.owner("AccountService/ChangePassword", {
          credential: { account: "Personal", recoveryCode: base64("canary-1") },
          newPassword: base64("canary-new"),
        }),
        owner.owner("VaultService/Operate", {
          credential,
          operation: { putVault: { vault: { name: "canary-vault" } } },
        }),
        owner.owner("SettingsService/PutSettings", {
          credential,
          settings: { autoLock: "canary-1s" },
        }),
      ];
      await Promise.all(calls);
      await owner.owner("AccountService/LockAccount", {});
      daemon.child.kill("SIGTERM");
      expect(await daemon.ended).toBe(0);
      const log = readFileSync(file, "utf8");
      // It told of all that, by ids and reasons.
      for (const told of ["refused", "asks", "granted", "locked", "wrong"]) {
        expect(log).toContain(told);
      }
      expect(log).toContain(
        `pid=${program.pid}`.replace("=", format === "json" ? '":' : "="),
      );
      expect(daemon.output().replace("ready\n", "")).toBe("");
      const planted = [
        "canary",
        base64("canary").slice(0, 8),
        ...["Personal", "GitHub", "token", "Dev", "assent://"],
        recoveryCode.toString(),
        recoveryCode.toString().replaceAll("-", ""),
      ];
      expect(recoveryCode.length).toBeGreaterThan(8);
      for (const text of planted) expect(log).not.toContain(text);
    },
  );

  it("with 64 descriptors, floods close strangers alone: the owner and a session are served (T60)", async () => {
    const daemon = await runWithDescriptors(64);
    const [owner, program] = [await caller(), await caller()];
    await furnish(owner);
    await authorize(program, owner);
    const strangers = ["broker.sock", "owner.sock"].flatMap((name) =>
      Array.from({ length: 100 }, () => connect(socket(name))),
    );
    let closed = 0;
    for (const stranger of strangers) {
      stranger.on("error", () => {});
      stranger.on("close", () => {
        closed += 1;
      });
    }
    const owned = async () =>
      (await (await caller()).owner("AccountService/ListAccounts")).status;
    expect(await owned()).toBe(200);
    expect((await read(program)).status).toBe(200);
    while (closed <= 100) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (const stranger of strangers) stranger.destroy();
    expect(await owned()).toBe(200);
    expect((await read(program)).status).toBe(200);
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
  });

  it("listens on no network socket (CHN-001, T17)", async () => {
    const daemon = await run();
    const owner = await caller();
    await furnish(owner);
    daemon.child.kill("SIGUSR2");
    await daemon.says(/^sockets .*\.$/m);
    const inodes =
      /^sockets (.*)\.$/m.exec(daemon.output())?.[1]?.split(" ") ?? [];
    expect(inodes.length).toBeGreaterThan(0);
    for (const table of ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"]) {
      if (!existsSync(`/proc/net/${table}`)) continue;
      const lines = readFileSync(`/proc/net/${table}`, "utf8")
        .split("\n")
        .slice(1);
      const open = lines.map((line) => line.trim().split(/\s+/)[9]);
      expect(
        inodes.filter((inode) => open.includes(inode)),
        table,
      ).toEqual([]);
    }
  });

  it("opens no debugger when a signal asks for one (CHN-001, T10)", async () => {
    const daemon = await run();
    daemon.child.kill("SIGUSR1");
    const owner = await caller();
    expect((await owner.owner("AccountService/ListAccounts")).status).toBe(200);
    daemon.child.kill("SIGUSR2");
    await daemon.says(/^debugger .*$/m);
    expect(daemon.output()).toContain("debugger none");
    expect(daemon.output()).not.toContain("Debugger listening");
  });

  it("does not start under a debugger (T10)", async () => {
    const daemon = await run("--inspect=127.0.0.1:0");
    expect(await daemon.ended).toBe(1);
    expect(daemon.output()).toContain("a debugger is open on this process");
    expect(files(home)).toEqual([]);
  });

  it("has sockets for its user alone, and the broker channel only while the integration is on (CHN-002)", async () => {
    await run();
    const owner = await caller();
    expect(existsSync(socket("broker.sock"))).toBe(false);
    await furnish(owner);
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(join(home, "run"))).toBe(0o700);
    expect(mode(socket("broker.sock"))).toBe(0o600);
    expect(mode(socket("owner.sock"))).toBe(0o600);
    await owner.owner("SettingsService/DisableIntegration");
    expect(existsSync(socket("broker.sock"))).toBe(false);
  });

  it("refuses to start beside another, and says which process that is; the first goes on (CHN-003, T38)", async () => {
    const first = await run();
    const second = await run();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`${first.child.pid}`);
    const owner = await caller();
    expect((await owner.owner("AccountService/ListAccounts")).status).toBe(200);
  });

  it("takes over what a killed one left, and no authorization with it (CHN-004, CHN-005)", async () => {
    const first = await run();
    let owner = await caller();
    const program = await caller();
    await furnish(owner);
    await authorize(program, owner);
    first.child.kill("SIGKILL");
    expect(await first.ended).toBe("SIGKILL");
    expect(existsSync(socket("broker.sock"))).toBe(true);
    const second = await run();
    expect(second.output()).toContain("ready");
    owner = await caller();
    expect(
      (await owner.owner("AccountService/ListAccounts")).body.accounts,
    ).toMatchObject([{ name: "Personal", locked: true }]);
    expect((await read(program)).reason).toBe("AUTHORIZATION_REQUIRED");
    // Nothing that was saved is lost.
    await owner.owner("AccountService/Authenticate", { credential });
    await authorize(program, owner);
    expect((await read(program)).status).toBe(200);
  });

  it.each([
    [
      "a link where a socket should be",
      () => {
        mkdirSync(join(home, "run"), { mode: 0o700 });
        symlinkSync(join(home, "elsewhere"), socket("owner.sock"));
      },
    ],
    [
      "a file where a socket should be",
      () => {
        mkdirSync(join(home, "run"), { mode: 0o700 });
        writeFileSync(socket("owner.sock"), "mine");
      },
    ],
    [
      "a runtime directory that others can enter",
      () => mkdirSync(join(home, "run"), { mode: 0o755 }),
    ],
    [
      "settings that are not well-formed",
      () =>
        writeFileSync(
          join(home, "settings.json"),
          '{"integrationEnabled":"yes"}',
        ),
    ],
    [
      "a file where a directory should be",
      () => writeFileSync(join(home, "accounts"), ""),
    ],
  ])(
    "does not start over %s, and says in one line what is wrong (CHN-003, T13)",
    async (_what, place) => {
      place();
      const before = files(home).map((file) => [
        file,
        readFileSync(file, "utf8"),
      ]);
      const daemon = await run();
      expect(await daemon.ended).toBe(1);
      expect(daemon.output().trim().split("\n")).toHaveLength(1);
      expect(daemon.output()).not.toContain("    at ");
      for (const [file, text] of before)
        expect(readFileSync(file ?? "", "utf8")).toBe(text);
    },
  );

  it("ends calls that wait when it is stopped (CHN-005)", async () => {
    const daemon = await run();
    const [owner, program] = [await caller(), await caller()];
    await furnish(owner);
    const watching = owner.watch("PromptService/WatchPrompts", {});
    const authorizing = program.broker("Authorize", { account: "Personal" });
    await watching.next((event) => event.prompts?.length > 0);
    daemon.child.kill("SIGTERM");
    expect((await authorizing).reason).toBe("INTEGRATION_DISABLED");
    expect(await daemon.ended).toBe(0);
    expect(existsSync(socket("broker.sock"))).toBe(false);
    expect(existsSync(socket("owner.sock"))).toBe(false);
  });
});

function files(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return files(path);
    return entry.isFile() ? [path] : [];
  });
}
