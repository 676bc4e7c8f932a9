// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { assent, testIo } from "../test/test-io.ts";
import { commandFiles } from "./command-files.ts";
import { exitCodes } from "./exit.ts";
import { createProgram } from "./program.ts";

// Those of the help: what the broker starts is not for people.
function leaves(command: Command, path: string[] = []): [string[], Command][] {
  return command.commands.length === 0
    ? [[path, command]]
    : command
        .createHelp()
        .visibleCommands(command)
        .filter((child) => child.name() !== "help")
        .flatMap((child) => leaves(child, [...path, child.name()]));
}

const commands = leaves(await createProgram(testIo(), commandFiles));

test("there are commands", () => {
  expect(commands.length).toBeGreaterThan(25);
});

test("each file adds the commands that it is loaded for", async () => {
  for (const file of commandFiles) {
    const program = await createProgram(testIo(), [file]);
    expect(program.commands.map((each) => each.name())).toEqual(file.names);
  }
});

for (const [path, command] of commands) {
  describe(`assent ${path.join(" ")}`, () => {
    test("has help with an example", async () => {
      const { code, out } = await assent([...path, "--help"]);
      expect(code).toBe(exitCodes.done);
      expect(out).toMatch(/\nExamples?:\n {2}\$ /);
      expect(out).toContain(`assent ${path.join(" ")}`);
    });

    test("takes --home DIR (decisions: every command does)", () => {
      expect(command.options.map(({ long }) => long)).toContain("--home");
    });

    test("has no option that could hold a secret", () => {
      for (const { long, required } of command.options) {
        if (/password|code|value|secret|stdin/.test(long ?? "")) {
          expect(long === "--password-fd" || !required, long ?? "").toBe(true);
        }
      }
    });
  });
}

test("the help tells the exit codes and how to begin", async () => {
  const { code, out } = await assent(["--help"]);
  expect(code).toBe(exitCodes.done);
  for (const number of Object.values(exitCodes)) {
    expect(out).toMatch(new RegExp(`^ {2}${number} +\\S`, "m"));
  }
  expect(out).toContain("assent account create");
});

test("wrong use is told on stderr with exit code 2, without a stack", async () => {
  for (const args of [
    [],
    ["account"],
    ["nonsense"],
    ["status", "--nonsense"],
    ["approve", "id"],
    ["approve", "id", "--digest", "d", "--minutes", "0"],
    ["item", "create", "Dev", "x", "--field", "a:nonsense"],
    ["status", "--password-fd", "x"],
    ["revoke", "--home", "/nonexistent"],
  ]) {
    const { code, out, err } = await assent(args);
    expect(code, args.join(" ")).toBe(exitCodes.usage);
    expect(out).toBe("");
    expect(err).not.toBe("");
    expect(err).not.toContain("    at ");
  }
});

test("without a broker every command says so, and what to do", async () => {
  for (const args of [
    ["status"],
    ["account", "list"],
    ["lock"],
    ["deny", "x"],
    ["revoke", "--all"],
    ["integration", "off"],
  ]) {
    const { code, err } = await assent([...args, "--home", "/nonexistent"]);
    expect(code, args.join(" ")).toBe(exitCodes.unreachable);
    expect(err).toContain("assent broker run");
  }
  const read = await assent([
    "read",
    "assent://a/b/c",
    "--home",
    "/nonexistent",
  ]);
  expect(read.code).toBe(exitCodes.unreachable);
});

test("tells its version", async () => {
  expect((await assent(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
