// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { takeActivatedSockets } from "./activation.ts";

const given = (environment: Record<string, string | undefined>) =>
  Object.fromEntries(takeActivatedSockets(environment, 42));

test("tells sockets apart by name, and takes them out of the environment (T60)", () => {
  const environment: Record<string, string | undefined> = {
    LISTEN_PID: "42",
    LISTEN_FDS: "2",
    LISTEN_FDNAMES: "owner:other",
    HOME: "/h",
  };
  expect(given(environment)).toEqual({ owner: 3, other: 4 });
  expect(environment).toEqual({ HOME: "/h" });
});

test("takes nothing that is for another process, and still removes it (T60)", () => {
  const environment = {
    LISTEN_PID: "41",
    LISTEN_FDS: "1",
    LISTEN_FDNAMES: "owner",
  };
  expect(given(environment)).toEqual({});
  expect(environment).toEqual({});
});

test("gives neither a descriptor without a name nor two of one name (T60)", () => {
  expect(given({ LISTEN_PID: "42", LISTEN_FDS: "2" })).toEqual({});
  expect(
    given({ LISTEN_PID: "42", LISTEN_FDS: "3", LISTEN_FDNAMES: "a:owner:a" }),
  ).toEqual({ owner: 4 });
  expect(
    given({ LISTEN_PID: "42", LISTEN_FDS: "1", LISTEN_FDNAMES: "owner:more" }),
  ).toEqual({ owner: 3 });
  expect(
    given({ LISTEN_PID: "42", LISTEN_FDS: "x", LISTEN_FDNAMES: "owner" }),
  ).toEqual({});
  expect(given({})).toEqual({});
});
