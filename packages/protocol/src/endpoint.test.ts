// SPDX-License-Identifier: Apache-2.0
import { test } from "uvu";
import * as assert from "uvu/assert";
import { locatePlaces, type PlaceFacts, socketPathBytes } from "./endpoint.ts";

const facts = (over: Partial<PlaceFacts> = {}): PlaceFacts => ({
  environment: {},
  homeDirectory: "/home/ada",
  userId: 1000,
  isOwnDirectory: () => false,
  ...over,
});

test("the runtime directory of the session holds both sockets (CHN-002)", () => {
  const environment = { XDG_RUNTIME_DIR: "/run/user/1000" };
  assert.equal(locatePlaces(facts({ environment })), {
    dataDirectory: "/home/ada/.local/share/assent",
    runtimeDirectory: "/run/user/1000/assent",
    brokerSocket: "/run/user/1000/assent/broker.sock",
    ownerSocket: "/run/user/1000/assent/owner.sock",
  });
});

test("without the variable, /run/user is used if it is the user's own", () => {
  const asked: string[] = [];
  const places = locatePlaces(
    facts({
      isOwnDirectory: (path) => {
        asked.push(path);
        return true;
      },
    }),
  );
  assert.equal(asked, ["/run/user/1000"]);
  assert.is(places.runtimeDirectory, "/run/user/1000/assent");
});

test("without either, the sockets are in the home directory", () => {
  assert.is(
    locatePlaces(facts()).brokerSocket,
    "/home/ada/.local/state/assent/run/broker.sock",
  );
});

test("XDG_DATA_HOME moves the data and nothing else", () => {
  const environment = { XDG_DATA_HOME: "/data" };
  const places = locatePlaces(facts({ environment }));
  assert.is(places.dataDirectory, "/data/assent");
  assert.is(places.runtimeDirectory, locatePlaces(facts()).runtimeDirectory);
});

test("ASSENT_HOME replaces data and sockets alike", () => {
  const environment = {
    ASSENT_HOME: "/srv/a",
    XDG_DATA_HOME: "/data",
    XDG_RUNTIME_DIR: "/run/user/1000",
  };
  assert.equal(locatePlaces(facts({ environment })), {
    dataDirectory: "/srv/a",
    runtimeDirectory: "/srv/a/run",
    brokerSocket: "/srv/a/run/broker.sock",
    ownerSocket: "/srv/a/run/owner.sock",
  });
});

test("ASSENT_ENDPOINT names the broker's socket; the owner's is beside it", () => {
  const environment = { ASSENT_ENDPOINT: "/tmp/x/b.sock" };
  assert.equal(locatePlaces(facts({ environment })), {
    dataDirectory: "/home/ada/.local/share/assent",
    runtimeDirectory: "/tmp/x",
    brokerSocket: "/tmp/x/b.sock",
    ownerSocket: "/tmp/x/owner.sock",
  });
});

test("--home wins over every variable (SDK-012)", () => {
  const environment = {
    ASSENT_HOME: "/srv/a",
    ASSENT_ENDPOINT: "/tmp/x/b.sock",
  };
  const places = locatePlaces(facts({ environment, home: "/srv/b" }));
  assert.is(places.dataDirectory, "/srv/b");
  assert.is(places.brokerSocket, "/srv/b/run/broker.sock");
  assert.is(places.ownerSocket, "/srv/b/run/owner.sock");
});

test("a command that takes a credential ignores ASSENT_HOME and ASSENT_ENDPOINT (T59)", () => {
  const environment = {
    ASSENT_HOME: "/srv/a",
    ASSENT_ENDPOINT: "/tmp/x/b.sock",
  };
  const useEnvironmentOverrides = false;
  assert.equal(
    locatePlaces(facts({ environment, useEnvironmentOverrides })),
    locatePlaces(facts()),
  );
  assert.is(
    locatePlaces(
      facts({ environment, useEnvironmentOverrides, home: "/srv/b" }),
    ).brokerSocket,
    "/srv/b/run/broker.sock",
  );
});

test("an empty variable counts as unset", () => {
  const environment = {
    ASSENT_HOME: "",
    ASSENT_ENDPOINT: "",
    XDG_DATA_HOME: "",
    XDG_RUNTIME_DIR: "",
  };
  assert.equal(locatePlaces(facts({ environment })), locatePlaces(facts()));
});

const refused: [string, Partial<PlaceFacts>][] = [
  ["a relative ASSENT_HOME", { environment: { ASSENT_HOME: "a" } }],
  [
    "a relative ASSENT_ENDPOINT",
    { environment: { ASSENT_ENDPOINT: "b.sock" } },
  ],
  [
    "an ASSENT_ENDPOINT with one dot",
    { environment: { ASSENT_ENDPOINT: "./b" } },
  ],
  ["an abstract ASSENT_ENDPOINT", { environment: { ASSENT_ENDPOINT: "@b" } }],
  ["a relative XDG_RUNTIME_DIR", { environment: { XDG_RUNTIME_DIR: "run" } }],
  ["a relative XDG_DATA_HOME", { environment: { XDG_DATA_HOME: "data" } }],
  ["a relative --home", { home: "a" }],
  ["an empty --home", { home: "" }],
  [
    "an ASSENT_ENDPOINT in the root directory",
    { environment: { ASSENT_ENDPOINT: "/b.sock" } },
  ],
  [
    "an ASSENT_ENDPOINT that is the owner's socket",
    { environment: { ASSENT_ENDPOINT: "/tmp/x/owner.sock" } },
  ],
];
for (const [name, over] of refused) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => locatePlaces(facts(over)),
      (error: unknown) => error instanceof RangeError,
    );
  });
}

test("refuses a socket whose path the system would cut off, counted in bytes", () => {
  const fits = (home: string) => locatePlaces(facts({ home }));
  const rest = "/run/broker.sock".length;
  const longest = `/${"x".repeat(socketPathBytes - rest - 1)}`;
  assert.is(fits(longest).brokerSocket.length, socketPathBytes);
  assert.throws(() => fits(`${longest}x`), /longer than 103 bytes/);
  assert.throws(() => fits(`${longest.slice(0, -1)}\u00e9`), /longer than/);
});

test("refuses an endpoint beside which the owner's socket does not fit", () => {
  const directory = `/${"x".repeat(socketPathBytes - 4)}`;
  assert.throws(
    () =>
      locatePlaces(
        facts({ environment: { ASSENT_ENDPOINT: `${directory}/b` } }),
      ),
    /longer than/,
  );
});

test.run();
