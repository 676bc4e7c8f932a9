// SPDX-License-Identifier: Apache-2.0
// What a prompt shows of programs that seem to be others: by name, by file, by
// code of others, by namespace. Rows D2 to F4, and G5.
import { createHash } from "node:crypto";
import {
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Warning } from "@assent/protocol/owner";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { testWhen, works } from "../../src/peer/processes.fixture.ts";
import type { SeenPrompt } from "../rig.ts";
import { executableOf, parentOf } from "./meanwhile.ts";
import {
  compileCaller,
  compileInjected,
  type NativeCaller,
} from "./native-caller.ts";
import { reading, type Scene, secret, startScene } from "./scene.ts";

const canCompile = works("gcc", "--version");
const it = testWhen(canCompile, "a C compiler: apt-get install gcc");
const inNamespaces = testWhen(
  canCompile && works("unshare", "-Urpfm", "--mount-proc", "true"),
  "a C compiler (apt-get install gcc) and user namespaces (sysctl kernel.unprivileged_userns_clone=1, or root)",
);

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

/** What is shown of it; it is denied and ended. */
async function shown(caller: NativeCaller): Promise<SeenPrompt["body"]> {
  const prompt = await scene.ask(caller);
  await leave(caller);
  return prompt.body;
}

async function leave(caller: NativeCaller): Promise<void> {
  await caller.end();
  await scene.rig.pending(0);
  scene.rig.broker.sweep();
}

/** A program of its own file, connected. */
async function program(name: string) {
  const path = compileCaller(scene.directory, name);
  return { path, caller: await scene.connected(path) };
}

const sha256 = (path: string) =>
  createHash("sha256").update(readFileSync(path)).digest();

describe("code of others", () => {
  it("D2: code loaded by LD_PRELOAD speaks as the program it was loaded into, and the prompt warns of it (T9)", async () => {
    const library = compileInjected(scene.directory);
    const caller = await scene.connected("/bin/sleep", {
      args: ["1000"],
      env: { LD_PRELOAD: library },
    });
    const { body } = await scene.grant(caller);
    // Whose code it is cannot be told: the file is true.
    expect(body.process?.path).toBe(executableOf(caller.pid));
    expect(body.warnings).toContain(Warning.INJECTED_CODE);
    expect((await scene.read(caller)).text).toContain(
      Buffer.from(secret).toString("base64"),
    );
    await leave(caller);
  });

  it("D2: without such a variable there is no such warning (T9)", async () => {
    const { warnings } = await shown(await scene.connected());
    expect(warnings).not.toContain(Warning.INJECTED_CODE);
  });
});

describe("names", () => {
  it("D3: a name by prctl and by argv[0] is not shown: the executable's is (PRM-002, T7)", async () => {
    const { path, caller } = await program("plain");
    expect(await caller.do("name 1password")).toBe("ok");
    expect(await caller.do("title /usr/bin/1p")).toBe("ok");
    expect(readFileSync(`/proc/${caller.pid}/comm`, "utf8")).toBe(
      "1password\n",
    );
    expect(readFileSync(`/proc/${caller.pid}/cmdline`, "utf8")).toMatch(
      /^\/usr\/bin\/1p\0/,
    );
    const body = await shown(caller);
    expect(body.process?.name).toBe("plain");
    expect(body.process?.path).toBe(path);
    expect(JSON.stringify(body.process?.name)).not.toContain("1p");
    expect(body.claims?.startedBy).not.toContain("1password");
  });

  it("T7: nobody can name another file as the one that runs (PR_SET_MM_EXE_FILE) without rights of the system (T7)", async () => {
    const path = compileCaller(scene.directory, "disguised");
    const isRoot = process.geteuid?.() === 0;
    const caller = await scene.native(
      path,
      isRoot ? { uid: 65_534, gid: 65_534 } : {},
    );
    // EPERM.
    expect(await caller.do("disguise /usr/bin/env")).toBe("error 1");
    expect(executableOf(caller.pid)).toBe(path);
    await caller.end();
  });

  inNamespaces(
    "T7: in a user namespace it can be done: the prompt marks such a program, and later the change is noticed (T7, T5)",
    async () => {
      const path = compileCaller(scene.directory, "disguised");
      const early = await scene.native("unshare", { args: ["-Ur", path] });
      expect(await early.do("disguise /usr/bin/env")).toBe("ok");
      expect(executableOf(early.pid)).toBe("/usr/bin/env");
      await early.do(`connect ${scene.rig.places.brokerSocket}`);
      const { process: card, warnings } = await shown(early);
      expect(card?.path).toBe("/usr/bin/env");
      expect(warnings).toContain(Warning.OTHER_NAMESPACE);
      expect(card?.container).not.toBe("");

      const late = await scene.connected("unshare", { args: ["-Ur", path] });
      await scene.grant(late);
      expect(await late.do("disguise /usr/bin/env")).toBe("ok");
      expect((await scene.read(late)).reason).toBe("PROCESS_CHANGED");
      await leave(late);
    },
  );

  it("E5: a name with a line feed, an escape and a bidi control is shown with all of them visible, and a warning (PRM-006, T21)", async () => {
    const { caller } = await program("git\n\u001b[2J\u202egnp");
    const { process: card, warnings } = await shown(caller);
    expect(card?.name).toBe("git<U+000A><U+001B>[2J<U+202E>gnp");
    expect(card?.path).toBe(`${scene.directory}/${card?.name}`);
    expect(warnings).toContain(Warning.DECEPTIVE_NAME);
  });
});

describe("files", () => {
  it("E1: a program whose file is deleted keeps its access; a new prompt marks it (PRC-011, T6)", async () => {
    const { path, caller } = await program("gone");
    await scene.grant(caller);
    unlinkSync(path);
    expect((await scene.read(caller)).status).toBe(200);
    await caller.call("Revoke", { account: "Personal" });
    const { process: card, warnings } = await shown(caller);
    expect(card?.path).toBe(path);
    expect(warnings).toContain(Warning.EXECUTABLE_REPLACED);
  });

  it("E2: a file that is really called “evil (deleted)” is not taken for a deleted one (PRC-011, T6)", async () => {
    const { path, caller } = await program("evil (deleted)");
    const { process: card, warnings } = await shown(caller);
    expect(card?.path).toBe(path);
    expect(card?.name).toBe("evil (deleted)");
    expect(warnings).not.toContain(Warning.EXECUTABLE_REPLACED);
  });

  it("E3: a program whose file was replaced by rename is marked, and the hash is of what runs (PRC-011, T6)", async () => {
    const { path, caller } = await program("upgraded");
    const running = sha256(path);
    writeFileSync(`${path}.new`, "#!/bin/sh\n", { mode: 0o755 });
    renameSync(`${path}.new`, path);
    const { process: card, warnings } = await shown(caller);
    expect(card?.path).toBe(path);
    expect(warnings).toContain(Warning.EXECUTABLE_REPLACED);
    expect(Buffer.from(card?.executableSha256 ?? [])).toEqual(running);
    expect(sha256(path)).not.toEqual(running);
  });

  it("E4: nobody can write into the file of a program that runs (T6)", async () => {
    const { path, caller } = await program("running");
    await scene.grant(caller);
    expect(() => openSync(path, "r+")).toThrow(/ETXTBSY/);
    expect((await scene.read(caller)).status).toBe(200);
    await leave(caller);
  });
});

describe("namespaces", () => {
  inNamespaces(
    "F1: a program in a PID namespace of its own is shown by its id here, and as inside another namespace (PRC-001, T5)",
    async () => {
      const path = compileCaller(scene.directory, "contained");
      const args = ["-Urpf", "--kill-child", "--mount-proc", path];
      const caller = await scene.connected("unshare", { args });
      expect(caller.pid).toBe(1);
      const { process: card, warnings } = (await scene.ask(caller)).body;
      expect(childrenOf(caller.child.pid)).toEqual([card?.pid]);
      expect(executableOf(card?.pid ?? 0)).toBe(path);
      expect(warnings).toContain(Warning.OTHER_NAMESPACE);
      expect(card?.container).toMatch(/pid:\[\d+\]/);
      await leave(caller);
    },
  );

  inNamespaces(
    "F2: a file bound over /usr/bin/env in a mount namespace is not shown as the /usr/bin/env of this system (T5)",
    async () => {
      const fake = compileCaller(scene.directory, "fake");
      const script = 'mount --bind "$1" /usr/bin/env && exec /usr/bin/env';
      const caller = await scene.connected("unshare", {
        args: ["-Urm", "/bin/sh", "-c", script, "sh", fake],
      });
      const { process: card, warnings } = await shown(caller);
      expect(card?.path).toBe("/usr/bin/env");
      expect(warnings).toContain(Warning.OTHER_NAMESPACE);
      expect(card?.container).toMatch(/mnt:\[\d+\]/);
      expect(Buffer.from(card?.executableSha256 ?? [])).toEqual(sha256(fake));
    },
  );

  inNamespaces(
    "F4: a program in a user namespace alone is shown as inside another namespace (T5)",
    async () => {
      const path = compileCaller(scene.directory, "mapped");
      const caller = await scene.connected("unshare", { args: ["-Ur", path] });
      const { process: card, warnings } = await shown(caller);
      expect(card?.pid).toBe(caller.pid);
      expect(card?.path).toBe(path);
      expect(warnings).toContain(Warning.OTHER_NAMESPACE);
      expect(card?.container).toMatch(/user:\[\d+\]/);
    },
  );

  it("a program in none of them is shown as in none (T5)", async () => {
    const { process: card, warnings } = await shown(await scene.connected());
    expect(warnings).not.toContain(Warning.OTHER_NAMESPACE);
    expect(card?.container).toBe("");
  });
});

describe("who stands behind it", () => {
  testWhen(
    canCompile && works("strace", "--version"),
    "a C compiler and strace: apt-get install gcc strace",
  )(
    "G5: a program that strace controls is shown with its debugger, by name and id (T10)",
    async () => {
      const caller = await scene.connected("strace", {
        args: ["-o", "/dev/null", compileCaller(scene.directory, "traced")],
      });
      const { process: card, warnings } = await shown(caller);
      expect(card?.name).toBe("traced");
      expect(warnings).toContain(Warning.DEBUGGED);
      expect(card?.debugger).toBe(`strace (${caller.child.pid})`);
    },
  );

  it("T8: two scripts under one interpreter are two programs, each with the script it claims (PRC-010, T8)", async () => {
    const asked = await Promise.all(
      ["deploy.mjs", "steal.mjs"].map(async (name) => {
        const script = join(scene.directory, name);
        const code = readFileSync(
          new URL("../caller.mjs", import.meta.url),
          "utf8",
        );
        writeFileSync(script, code);
        const caller = await scene.rig.caller({ args: [script] });
        return { script, caller };
      }),
    );
    const [approved, other] = asked;
    if (approved === undefined || other === undefined) throw new Error();
    const calls = asked.map(({ caller }) =>
      caller.broker("Authorize", { account: "Personal" }),
    );
    const prompts = await scene.rig.pending(2);
    const promptOf = ({ caller }: typeof approved) =>
      prompts.find(({ body }) => body.process?.pid === caller.pid);
    for (const one of asked) {
      const prompt = promptOf(one);
      expect(prompt?.body.claims?.script).toBe(one.script);
      expect(prompt?.body.process?.path).toBe(process.execPath);
      expect(prompt?.body.warnings).toContain(Warning.INTERPRETER);
    }
    const [first, second] = [promptOf(approved), promptOf(other)];
    if (first === undefined || second === undefined) throw new Error();
    await scene.rig.approve(first);
    expect((await other.caller.broker("Request", reading)).reason).toBe(
      "AUTHORIZATION_REQUIRED",
    );
    await scene.rig.deny(second);
    await Promise.all(calls);
    await Promise.all(asked.map(({ caller }) => caller.kill()));
    scene.rig.broker.sweep();
  });

  it("T31: a relay is marked: who asks through it is not known (T31)", async () => {
    for (const name of ["socat", "ssh", "docker-proxy"]) {
      const { caller } = await program(name);
      const { warnings } = await shown(caller);
      expect(warnings, name).toContain(Warning.RELAY);
    }
    const { caller } = await program("no-relay");
    expect((await shown(caller)).warnings).not.toContain(Warning.RELAY);
  });
});

/** Process ids of the children of a process. */
function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((each) => each > 0 && parentOf(each) === pid);
}
