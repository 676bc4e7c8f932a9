// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  containerName,
  parseControlGroup,
  parsePidfdPid,
  parseProcessStat,
  parseTracerPid,
  systemUnit,
} from "./proc-text.ts";

const tail =
  "S 41 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 99 88 77 66 55 140737 44";

test("reads the stat of this process", () => {
  const stat = parseProcessStat(readFileSync("/proc/self/stat", "latin1"));
  expect(stat.parentPid).toBe(process.ppid);
  expect(stat.startTicks).toBeGreaterThan(0);
});

test("is not misled by any name that a process gives itself", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), (comm) => {
      expect(parseProcessStat(`42 (${comm}) ${tail}\n`)).toEqual({
        comm,
        state: "S",
        parentPid: 41,
        startTicks: 123_456,
        stackStart: "140737",
      });
    }),
    { examples: [["a) R 1 1"], ["(the cmd)"], [")"], ["\n"], ["a b"]] },
  );
});

test("throws on a text that is no stat, and on nothing else", () => {
  for (const text of [
    "",
    "42",
    "42 sh S 1",
    "42 (sh) S",
    "42 (sh) S x",
    ") (",
  ]) {
    expect(() => parseProcessStat(text)).toThrow(SyntaxError);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseProcessStat(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
  );
});

test("finds the tracer, and is not misled by the name above it", () => {
  expect(parseTracerPid("Name:\tx\nTracerPid:\t9639\nUid:\t0")).toBe(9639);
  expect(parseTracerPid("Name:\tTracerPid:\t7\nTracerPid:\t0\n")).toBe(0);
  expect(parseTracerPid(readFileSync("/proc/self/status", "latin1"))).toBe(0);
});

test("reads the pid of a pidfd, reaped and foreign ones too", () => {
  expect(parsePidfdPid("pos:\t0\nPid:\t42\nNSpid:\t42\n")).toBe(42);
  expect(parsePidfdPid("Pid:\t-1\n")).toBe(-1);
  expect(parsePidfdPid("Pid:\t0\n")).toBe(0);
  expect(parsePidfdPid("pos:\t0\n")).toBeUndefined();
});

test("believes a unit only in system.slice", () => {
  const unit = (path: string) => systemUnit(parseControlGroup(`0::${path}\n`));
  expect(unit("/system.slice/nginx.service")).toBe("nginx.service");
  expect(unit("/system.slice/system-getty.slice/getty@tty1.service")).toBe(
    "getty@tty1.service",
  );
  expect(
    unit("/user.slice/user-1000.slice/user@1000.service/app.slice/x.service"),
  ).toBe("");
  expect(unit("/../system.slice/nginx.service")).toBe("");
  expect(unit("/")).toBe("");
  expect(
    systemUnit(
      parseControlGroup(
        "12:cpu:/a\n1:name=systemd:/system.slice/b.service\n0::/\n",
      ),
    ),
  ).toBe("b.service");
  expect(systemUnit(parseControlGroup(""))).toBe("");
});

test("names containers by kind and short id", () => {
  const id = "0123456789abcdef".repeat(4);
  for (const [path, name] of [
    [`/system.slice/docker-${id}.scope`, "docker 0123456789ab"],
    [`/docker/${id}`, "docker 0123456789ab"],
    [`/machine.slice/libpod-${id}.scope/container`, "podman 0123456789ab"],
    [
      `/kubepods.slice/x.slice/cri-containerd-${id}.scope`,
      "containerd 0123456789ab",
    ],
    ["/lxc.payload.web/init.scope", "lxc web"],
    [
      "/user.slice/app.slice/app-flatpak-org.gnome.Maps-123.scope",
      "flatpak org.gnome.Maps",
    ],
    ["/user.slice/snap.firefox.firefox-1a.scope", "snap firefox"],
    ["/machine.slice/systemd-nspawn@build.service/payload", "machine build"],
    ["/user.slice/session-1.scope", ""],
  ] as const) {
    expect(containerName(path)).toBe(name);
  }
});
