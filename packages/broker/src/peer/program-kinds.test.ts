// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { isInterpreter, isRelay } from "./program-kinds.ts";

test("knows interpreters, with and without a version (T8)", () => {
  for (const name of [
    "node",
    "deno",
    "bun",
    "python",
    "python3",
    "python3.12",
    "python3.11-dbg",
    "ruby3.1",
    "perl",
    "perl5.36.0",
    "bash",
    "sh",
    "dash",
    "zsh",
    "fish",
    "java",
    "php8.3",
    "lua5.4",
    "pwsh",
    "osascript",
    "electron",
    "R",
    "ld-linux-x86-64.so.2",
    "ld-musl-aarch64.so.1",
    "ld-2.31.so",
  ]) {
    expect(isInterpreter(name), name).toBe(true);
  }
});

test("takes no other program for one", () => {
  for (const name of [
    "git",
    "rustc",
    "rg",
    "ld",
    "nodemon",
    "pythonista",
    "shfmt",
    "javac",
    "perlcritic",
    "",
  ]) {
    expect(isInterpreter(name), name).toBe(false);
  }
});

test("knows relays by name, and our own command line by its script (T31)", () => {
  for (const name of [
    "ssh",
    "sshd",
    "socat",
    "npiperelay.exe",
    "docker-proxy",
    "systemd-socket-proxyd",
  ]) {
    expect(isRelay(name, ""), name).toBe(true);
  }
  expect(isRelay("node", "/usr/lib/node_modules/.bin/assent")).toBe(true);
  expect(isRelay("node", "/x/node_modules/@assent/cli/dist/assent.js")).toBe(
    true,
  );
  expect(isRelay("node", "/home/me/deploy.mjs")).toBe(false);
  expect(isRelay("git", "")).toBe(false);
});
