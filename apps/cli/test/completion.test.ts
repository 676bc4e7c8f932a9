// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodes } from "../src/exit.ts";
import { assent } from "./test-io.ts";

const shells = ["bash", "zsh", "fish"] as const;
type ShellName = (typeof shells)[number];

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "assent-completion-"));
  mkdirSync(join(folder, "some folder"));
  writeFileSync(join(folder, "some-file"), "");
  for (const shell of shells) {
    const { code, out } = await assent(["completion", shell]);
    expect(code).toBe(exitCodes.done);
    writeFileSync(join(folder, shell), out);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Each says what would be offered for the last of the words, a line each.
const asking: Readonly<Record<ShellName, string>> = {
  bash: `source ./bash
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _assent 2>/dev/null
    [ \${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`,
  // zsh only compares while somebody types: what it is given is printed here.
  zsh: `compdef() { }
    _files() { print -l files $@ }
    compadd() { shift; print -l -- $@ }
    _describe() { print -l -- \${list%%:*} }
    source ./zsh
    words=("$@") CURRENT=$#
    _assent`,
  fish: `source ./fish
    complete -C (string join ' ' -- $argv) | string split -f 1 \\t`,
};

function offered(shell: ShellName, ...words: string[]): string[] {
  const args = {
    bash: ["--norc", "-c", asking.bash, "bash"],
    zsh: ["-f", "-c", asking.zsh, "zsh"],
    fish: ["--no-config", "-c", asking.fish],
  }[shell];
  const { stdout, stderr } = spawnSync(shell, [...args, "assent", ...words], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: folder },
  });
  expect(stderr).toBe("");
  const last = words.at(-1) ?? "";
  return stdout
    .split("\n")
    .filter(
      (line) => line !== "" && (shell !== "zsh" || line.startsWith(last)),
    );
}

for (const shell of shells) {
  const isHere = spawnSync(shell, ["-c", "true"]).status === 0;
  if (!isHere) {
    process.stderr.write(
      `NOT RUN: completion in ${shell}\n  it needs ${shell}: apt-get install ${shell}\n`,
    );
  }
  test.skipIf(!isHere)(
    `${shell} is offered commands, options and choices`,
    () => {
      expect(offered(shell, "acc")).toEqual(["account"]);
      expect(offered(shell, "account", "cre")).toEqual(["create"]);
      expect(offered(shell, "account", "create", "--hom")).toEqual(["--home"]);
      expect(offered(shell, "broker", "run", "--log-format", "")).toEqual(
        expect.arrayContaining(["json", "text"]),
      );
      expect(offered(shell, "completion", "f")).toEqual(["fish"]);
      expect(offered(shell, "account", "create", "--account", "")).toEqual([]);
      // After a value, the command goes on.
      expect(
        offered(shell, "account", "create", "--home", "/x", "--passw").sort(),
      ).toEqual(["--password-fd", "--password-stdin"]);
    },
  );

  test.skipIf(!isHere)(
    `${shell} is offered every command that help shows`,
    async () => {
      const { out } = await assent(["--help"]);
      const [, list = ""] = out.split("\nCommands:\n");
      const names = [...list.matchAll(/^ {2}([a-z-]+)/gm)]
        .map(([, name]) => name ?? "")
        .filter((name) => name !== "help");
      expect(names.length).toBeGreaterThan(10);
      expect(offered(shell, "")).toEqual(expect.arrayContaining(names));
    },
  );

  test.skipIf(!isHere)(`${shell} evaluates nothing of what was typed`, () => {
    for (const word of [
      "$(touch hurt)",
      "`touch hurt`",
      "'; touch hurt; '",
      "$HOME",
    ]) {
      offered(shell, "account", word);
      offered(shell, word, "");
      offered(shell, "lock", "--home", word);
    }
    expect(existsSync(join(folder, "hurt"))).toBe(false);
  });
}

test("bash is offered folders where a folder belongs", () => {
  expect(offered("bash", "lock", "--home", "some")).toEqual(["some folder"]);
  expect(offered("bash", "broker", "run", "--log-file", "some").sort()).toEqual(
    ["some folder", "some-file"],
  );
});

test("refuses a shell that it does not know", async () => {
  expect((await assent(["completion", "tcsh"])).code).toBe(exitCodes.usage);
});
