// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locatePlaces } from "@assent/protocol";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { unitFiles } from "../src/service/unit-files.ts";
import { endProcesses, startProcess } from "./daemon.ts";
import { assent, type Outcome } from "./test-io.ts";

const canAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!canAnalyze) {
  process.stderr.write(
    "NOT RUN: what systemd says of our units\n  it needs systemd-analyze: apt-get install systemd\n",
  );
}

let folder: string;
let units: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assent-service-"));
  units = join(folder, "config", "systemd", "user");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(endProcesses);

/** In an environment in which no systemd runs for the user. */
function service(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Outcome> {
  return assent(["service", ...args], {
    homeDirectory: folder,
    environment: {
      PATH: process.env["PATH"] ?? "",
      XDG_CONFIG_HOME: join(folder, "config"),
      XDG_RUNTIME_DIR: folder,
      ...environment,
    },
  });
}

const textOf = (name: string) => readFileSync(join(units, name), "utf8");
const serviceText = () => textOf("assent-broker.service");
const socketText = () => textOf("assent-broker.socket");

test("shows the units and writes nothing", async () => {
  const { code, out } = await service(["install", "--print"]);
  expect(code).toBe(exitCodes.done);
  expect(out).toContain(`# ${units}/assent-broker.socket\n`);
  expect(out).toContain(`\nListenStream=${folder}/assent/owner.sock\n`);
  expect(out).toContain(`\nExecStart=${process.execPath} `);
  expect(readdirSync(folder)).toEqual([]);
});

test("writes them, says what to run where no systemd runs, and does it once", async () => {
  const first = await service(["install"]);
  expect(first.code, first.err).toBe(exitCodes.done);
  expect(first.out).toContain(
    "systemctl --user enable --now assent-broker.socket assent-broker.service",
  );
  const before = serviceText();
  const again = await service(["install"]);
  expect(again.out).toContain(`Unchanged: ${units}/assent-broker.service`);
  expect(serviceText()).toBe(before);
  expect(readdirSync(units)).toHaveLength(2);
  expect((await service(["status"])).out).toMatch(/Units +installed\n/);

  const other = join(folder, "another home");
  const moved = await service(["install", "--home", other]);
  expect(moved.out).toContain(`Written: ${units}/assent-broker.service`);
  expect(serviceText()).toContain(`broker run --home "${other}"\n`);
  expect(socketText()).toContain(`\nListenStream=${other}/run/owner.sock\n`);
  const state = await service(["status", "--json"]);
  expect(JSON.parse(state.out)).toMatchObject({
    installed: "changed",
    manager: false,
  });

  expect((await service(["remove"])).out).toContain("is removed");
  expect(readdirSync(units)).toEqual([]);
  expect((await service(["remove"])).out).toContain("no service to remove");
});

test("takes ASSENT_HOME and XDG_DATA_HOME as they are now, and refuses ASSENT_ENDPOINT", async () => {
  const inHome = await service(["install", "--print"], {
    ASSENT_HOME: "/srv/h",
  });
  expect(inHome.out).toContain("broker run --home /srv/h\n");
  const withData = await service(["install", "--print"], {
    XDG_DATA_HOME: "/srv/$d",
  });
  expect(withData.out).toContain('\nEnvironment="XDG_DATA_HOME=/srv/$d"\n');
  const endpoint = { ASSENT_ENDPOINT: "/srv/b.sock" };
  expect(await service(["install"], endpoint)).toMatchObject({
    code: exitCodes.usage,
    err: expect.stringContaining("ASSENT_ENDPOINT"),
  });
});

test("touches no unit that somebody else wrote, unless told to", async () => {
  mkdirSync(units, { recursive: true });
  const mine = join(units, "assent-broker.service");
  writeFileSync(mine, "[Service]\nExecStart=/bin/true\n");
  for (const command of ["install", "remove"]) {
    const { code, err } = await service([command]);
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain(`${mine} was not written by`);
    expect(readdirSync(units)).toEqual(["assent-broker.service"]);
    expect(serviceText()).toContain("/bin/true");
  }
  expect((await service(["status"])).out).toContain("not ours");
  expect((await service(["install", "--force"])).code).toBe(exitCodes.done);
  expect(serviceText()).not.toContain("/bin/true");
});

test("does not follow a link that stands where a unit belongs", async () => {
  mkdirSync(units, { recursive: true });
  const target = join(folder, "target");
  writeFileSync(target, "kept");
  symlinkSync(target, join(units, "assent-broker.socket"));
  expect((await service(["install"])).code).toBe(exitCodes.failed);
  expect((await service(["install", "--force"])).code).toBe(exitCodes.done);
  expect(readFileSync(target, "utf8")).toBe("kept");
  expect(socketText()).toContain("FileDescriptorName=owner");
});

test("refuses beside a broker that runs already, whose socket systemd would take", async () => {
  const home = join(folder, "home");
  const broker = startProcess(["broker", "run", "--home", home]);
  await broker.says("Assent is running");
  const { code, err } = await service(["install", "--home", home]);
  expect(code).toBe(exitCodes.failed);
  expect(err).toContain(
    `as process ${broker.process.pid}; nothing was changed`,
  );
  expect(existsSync(units)).toBe(false);
  broker.process.kill("SIGTERM");
  await broker.ended;
});

test.skipIf(!canAnalyze)(
  "satisfies systemd, also with paths that need quoting",
  async () => {
    const home = join(folder, 'a "b" $HOME 100%h\\n');
    for (const args of [[], ["--home", home]]) {
      await service(["install", ...args]);
      const { status, stdout, stderr } = analyze("verify", "--man=no");
      expect({ status, stdout, stderr }).toEqual({
        status: 0,
        stdout: "",
        stderr: "",
      });
    }
  },
);

test.skipIf(!canAnalyze)(
  "is exposed no more than systemd calls medium",
  async () => {
    await service(["install"]);
    // In tenths. Most of the rest takes namespaces, in which nobody can be told apart.
    const { status, stdout } = analyze(
      "security",
      "--offline=true",
      "--threshold=65",
    );
    process.stdout.write(`${/Overall exposure.*/.exec(stdout)?.[0]}\n`);
    expect(status, stdout).toBe(0);
  },
);

test("is described as it is in docs/service.md", () => {
  const clone = "/home/you/assent";
  const [, unit] = unitFiles(
    {
      places: locatePlaces({
        environment: { XDG_RUNTIME_DIR: "/run/user/1000" },
        homeDirectory: "/home/you",
        userId: 1000,
        isOwnDirectory: () => true,
      }),
      command: [
        `${clone}/node_modules/node/bin/node`,
        `${clone}/apps/cli/dist/assent.js`,
      ],
      home: undefined,
      dataHome: undefined,
    },
    "/home/you/.config/systemd/user",
  );
  const page = new URL("../../../docs/service.md", import.meta.url);
  expect(readFileSync(page, "utf8")).toContain(
    `\`\`\`ini\n${unit?.text}\`\`\`\n`,
  );
});

function analyze(verb: string, ...options: readonly string[]) {
  const name = join(units, "assent-broker.service");
  return spawnSync(
    "systemd-analyze",
    ["--user", "--no-pager", ...options, verb, name],
    {
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        XDG_RUNTIME_DIR: folder,
        LC_ALL: "C.UTF-8",
      },
    },
  );
}
