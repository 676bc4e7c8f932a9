// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { takeOwnerSocket } from "./activation.ts";
import { ChannelError } from "./channel-error.ts";

type Environment = Record<string, string | undefined>;

const listening = { listeningPath: () => "/run/user/1/assent/owner.sock" };
const owner: Environment = {
  LISTEN_PID: "42",
  LISTEN_FDS: "1",
  LISTEN_FDNAMES: "owner",
};
const take = (environment: Environment, binding = listening) =>
  takeOwnerSocket(environment, 42, binding);

function refusal(environment: Environment, listeningPath?: () => undefined) {
  try {
    takeOwnerSocket(
      environment,
      42,
      listeningPath ? { listeningPath } : listening,
    );
  } catch (error) {
    expect(error).toBeInstanceOf(ChannelError);
    return (error as ChannelError).fault;
  }
  return undefined;
}

test("takes the owner's socket, and what was said of it out of the environment (T60)", () => {
  const environment = { ...owner, LISTEN_PIDFDID: "7", HOME: "/h" };
  expect(take(environment)).toEqual({
    descriptor: 3,
    path: "/run/user/1/assent/owner.sock",
  });
  expect(environment).toEqual({ HOME: "/h" });
});

test("takes nothing that is for another process, and still removes it (T60)", () => {
  const environment = { ...owner, LISTEN_PID: "41" };
  expect(take(environment)).toBeUndefined();
  expect(environment).toEqual({});
  expect(take({ ...owner, LISTEN_PID: undefined })).toBeUndefined();
});

test("is started without a socket as well", () => {
  expect(take({})).toBeUndefined();
  expect(take({ LISTEN_PID: "42", LISTEN_FDS: "0" })).toBeUndefined();
});

test.each<[string, Environment]>([
  ["another name", { LISTEN_FDNAMES: "broker" }],
  ["no name", { LISTEN_FDNAMES: undefined }],
  ["an empty name", { LISTEN_FDNAMES: "" }],
  ["names that are no list of one", { LISTEN_FDNAMES: "owner:owner" }],
  ["two sockets", { LISTEN_FDS: "2", LISTEN_FDNAMES: "owner:broker" }],
  ["a count that is no number", { LISTEN_FDS: "x" }],
  ["a negative count", { LISTEN_FDS: "-1" }],
  ["a count written oddly", { LISTEN_FDS: "01" }],
])("refuses %s, and still removes it (T60)", (_, change) => {
  const environment = { ...owner, ...change };
  expect(refusal(environment)).toBe("socket-unsafe");
  expect(environment).toEqual({});
});

test("refuses what does not listen (T60)", () => {
  expect(refusal({ ...owner }, () => undefined)).toBe("socket-unsafe");
});
