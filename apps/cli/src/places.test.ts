// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { testIo } from "../test/test-io.ts";
import { exitCodes } from "./exit.ts";
import { findPlaces, findPlacesForCredential } from "./places.ts";

const environment = {
  ASSENT_HOME: "/elsewhere",
  ASSENT_ENDPOINT: "/evil/broker.sock",
  XDG_RUNTIME_DIR: "/run/user/1000",
};

test("a command without a credential follows the environment", () => {
  const io = testIo({ environment });
  expect(findPlaces(io, undefined).ownerSocket).toBe("/evil/owner.sock");
  expect(findPlaces(io, "/home/x").ownerSocket).toBe("/home/x/run/owner.sock");
});

test("a command with a credential ignores it, and says so in one line (T59)", async () => {
  const io = testIo({ environment });
  const places = await findPlacesForCredential(io, undefined);
  expect(places.ownerSocket).toBe("/run/user/1000/assent/owner.sock");
  expect(io.err()).toBe(
    "assent: ASSENT_HOME and ASSENT_ENDPOINT ignored, since this command takes a password; use --home DIR.\n",
  );
});

test("nothing is said when nothing is ignored", async () => {
  const io = testIo({ environment: { XDG_RUNTIME_DIR: "/run/user/1000" } });
  await findPlacesForCredential(io, undefined);
  expect(io.err()).toBe("");
});

test("a place that cannot hold a socket is wrong use", () => {
  expect(() => findPlaces(testIo(), `/${"x".repeat(200)}`)).toThrow(
    expect.objectContaining({ exitCode: exitCodes.usage }),
  );
});
