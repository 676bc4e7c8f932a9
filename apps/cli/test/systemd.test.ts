// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import {
  lackOfUserSystemd,
  startUserSystemd,
  type UserSystemd,
} from "./user-manager.ts";

const lack = lackOfUserSystemd();
if (lack !== undefined) {
  process.stderr.write(
    `NOT RUN: the service of an ordinary user, by a systemd of its own\n  it needs ${lack}\n`,
  );
}

// One story, in order, with one systemd.
describe.skipIf(lack !== undefined)(
  "the service, by systemd",
  { timeout: 120_000 },
  () => {
    let systemd: UserSystemd;
    beforeAll(async () => {
      systemd = await startUserSystemd();
    });
    afterAll(() => systemd?.[Symbol.asyncDispose]());

    /** What it says, if it ends well. */
    async function run(line: string): Promise<string> {
      const { code, out } = await systemd.run(line);
      expect(code, `${line}\n${out}`).toBe(0);
      return out.trimEnd();
    }
    const asOwner = (words: string) =>
      run(`echo 'correct horse battery' | $ASSENT ${words} --password-stdin`);
    const sockets = () => run("cd $XDG_RUNTIME_DIR/assent; echo *");
    const state = async () =>
      JSON.parse(await run("$ASSENT service status --json"));
    const drop = (unit: string, text: string) =>
      run(
        `mkdir -p $HOME/.config/systemd/user/${unit}.d && printf '${text}' >$HOME/.config/systemd/user/${unit}.d/test.conf && systemctl --user daemon-reload`,
      );

    test("is installed, started, and closed in as its unit says", async () => {
      expect(await run("$ASSENT service install")).toContain("Assent runs");
      const now = await state();
      expect(now).toMatchObject({
        installed: "yes",
        manager: true,
        enabled: true,
        socket: "active",
        service: "active",
        ownerSocket: true,
        brokerSocket: false,
      });
      expect(now.version).toMatch(/^\d+\./);
      const page = new URL("../../../docs/service.md", import.meta.url);
      const shown = (await run("$ASSENT service status")).replace(
        /\d+,/,
        "83,",
      );
      expect(readFileSync(page, "utf8")).toContain(
        `$ assent service status\n${shown}\n\`\`\`\n`,
      );
      const status = await run(
        `cat /proc/${now.pid}/status /proc/${now.pid}/limits`,
      );
      expect(status).toMatch(/NoNewPrivs:\s+1/);
      expect(status).toMatch(/Seccomp:\s+2/);
      expect(status).toMatch(/Max core file size\s+0\s+0/);
    });

    test("serves programs while the integration is on, and keeps the owner's socket (T60)", async () => {
      await asOwner("account create Personal");
      expect(await sockets()).toBe("lock owner.sock");
      await asOwner("integration on");
      expect(await sockets()).toBe("broker.sock lock owner.sock");
      await run("$ASSENT integration off");
      expect(await sockets()).toBe("lock owner.sock");
      expect(await run("systemctl --user is-active assent-broker.socket")).toBe(
        "active",
      );
      await asOwner("integration on");
    });

    test("tells which file the caller runs, from within the sandbox (PRC-001)", async () => {
      const prompt = await ask();
      expect(prompt).toContain("/run/node");
      expect(prompt).toContain("Name and location come from your system");
    });

    /** What is shown of a program that asks, once it is. */
    async function ask(): Promise<string> {
      return run(
        "($ASSENT read assent://a/b/c >/dev/null 2>&1 &); for i in 1 2 3 4 5 6 7 8 9; do echo 'correct horse battery' | $ASSENT prompts --password-stdin >$HOME/shown; grep -q /run/node $HOME/shown && break; sleep 0.3; done; cat $HOME/shown",
      );
    }

    const browser = "/usr/bin/chromium";
    if (!existsSync(browser)) {
      process.stderr.write(
        "NOT RUN: a request opens the page from the service\n  it needs chromium: apt-get install chromium\n",
      );
    }
    test.skipIf(!existsSync(browser))(
      "opens the page for a request once there is a display, by the user's systemd, outside of its own sandbox",
      async () => {
        await run("systemctl --user set-environment DISPLAY=:9");
        await ask();
        const opened = await run(
          "until test -e $HOME/opened; do sleep 0.05; done; cat $HOME/opened",
        );
        expect(opened).toMatch(/\/assent-page-\S+\.service$/m);
        expect(opened).not.toContain("assent-broker");
        expect(opened).toMatch(/NoNewPrivs:\s+0\n/);
        expect(opened).toMatch(/Seccomp:\s+0\n/);
        expect(opened).toContain(" --app=file:///run/user/1000/assent/");
        await run(
          "systemctl --user unset-environment DISPLAY; systemctl --user stop 'assent-page-*'",
        );
      },
    );

    test("starts at a call when it was stopped, and again when it was killed (T60)", async () => {
      const { pid } = await state();
      await run("systemctl --user stop assent-broker.service");
      expect(await sockets()).toBe("lock owner.sock");
      expect((await state()).service).toBe("inactive");
      // Asking how it is does not start it.
      expect((await state()).service).toBe("inactive");
      await run("$ASSENT status");
      const started = await state();
      expect(started.pid).not.toBe(pid);
      await run(`kill -9 ${started.pid}`);
      await run("$ASSENT status");
      expect((await state()).pid).not.toBe(started.pid);
    });

    test("reads its settings again when systemd reloads it, and runs on", async () => {
      const { pid } = await state();
      await run("systemctl --user reload assent-broker.service");
      await run("$ASSENT status");
      expect((await state()).pid).toBe(pid);
    });

    test("lets no second broker run, and stays (T38)", async () => {
      const { pid } = await state();
      const { code, out } = await systemd.run("$ASSENT broker run");
      expect(code).toBe(exitCodes.inUse);
      expect(out).toMatch(
        new RegExp(`another broker is running.*\\b${pid}\\b`),
      );
      expect((await state()).pid).toBe(pid);
    });

    test("does not run in a namespace of users, where nobody can be told apart: its unit takes none (PRC-009)", async () => {
      await drop("assent-broker.service", "[Service]\\nPrivateUsers=yes\\n");
      await run(
        "systemctl --user restart assent-broker.service; until systemctl --user --quiet is-failed assent-broker.service; do sleep 0.05; done",
      );
      const why = await run(
        "systemctl --user show assent-broker.service --property=ExecMainStatus",
      );
      expect(why).toBe(`ExecMainStatus=${exitCodes.configuration}`);
      // From in there the kernel does not tell which file a program runs.
      const seen = await run(
        "readlink /proc/$$/exe; unshare --user readlink /proc/$$/exe || echo hidden",
      );
      expect(seen).toMatch(/^\/\S*bash\nhidden$/);
      await run(
        "rm -r $HOME/.config/systemd/user/*.d; systemctl --user daemon-reload; systemctl --user reset-failed; systemctl --user start assent-broker.socket assent-broker.service",
      );
    });

    test("moves to another home, and goes without a trace but the data", async () => {
      expect(await run("$ASSENT service install")).toContain("Unchanged");
      const { pid } = await state();
      const home = "$HOME/'another home'";
      expect(await run(`$ASSENT service install --home ${home}`)).toContain(
        "Written",
      );
      expect(await run(`$ASSENT status --home ${home}`)).not.toContain(
        `process ${pid})`,
      );
      expect(await run("$ASSENT service remove")).toContain("is removed");
      expect(await run("find $HOME/.config -type f -o -type l")).toBe("");
      expect(await run(`cd ${home}; echo run/*`)).toBe("run/lock");
      expect(
        await run(
          "test -s $HOME/.local/share/assent/settings.json; systemctl --user list-units --all 'assent*' --no-legend",
        ),
      ).toBe("");
    });
  },
);
