// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { readLoginSignal, readSessionUser } from "./login-signal.ts";

const manager = "/org/freedesktop/login1";
const session = `${manager}/session/_31`;
const changed = "org.freedesktop.DBus.Properties.PropertiesChanged";
const hint = (value: boolean) =>
  `${session}: ${changed} ('org.freedesktop.login1.Session', {'LockedHint': <${value}>}, @as [])`;

describe("a line of the login manager", () => {
  it("tells that the machine goes to sleep, and not that it woke up", () => {
    const line = `${manager}: org.freedesktop.login1.Manager.PrepareForSleep`;
    expect(readLoginSignal(`${line} (true,)`)).toEqual({
      kind: "going-to-sleep",
    });
    expect(readLoginSignal(`${line} (false,)`)).toBeUndefined();
  });

  it("tells whose screen is locked, by the wish to lock it and by the hint", () => {
    const locked = { kind: "screen-locked", sessionPath: session };
    const wish = `${session}: org.freedesktop.login1.Session.Lock ()`;
    expect(readLoginSignal(wish)).toEqual(locked);
    expect(readLoginSignal(hint(true))).toEqual(locked);
    expect(readLoginSignal(hint(false))).toBeUndefined();
  });

  it.each([
    "",
    `The name org.freedesktop.login1 is owned by :1.0`,
    `${session}: org.freedesktop.login1.Session.Unlock ()`,
    `/elsewhere: org.freedesktop.login1.Session.Lock ()`,
    `${session}/x y: org.freedesktop.login1.Session.Lock ()`,
    `${manager}: org.freedesktop.login1.Session.Lock ()`,
    `${session}: org.example.Session.Lock ()`,
  ])("tells nothing else: %s", (line) => {
    expect(readLoginSignal(line)).toBeUndefined();
  });
});

it("reads whose session it is", () => {
  const answer =
    "(<(uint32 1000, objectpath '/org/freedesktop/login1/user/1000')>,)\n";
  expect(readSessionUser(answer)).toBe(1000);
  expect(readSessionUser("(<(uint32 x, 1)>,)")).toBeUndefined();
  expect(readSessionUser("")).toBeUndefined();
});
