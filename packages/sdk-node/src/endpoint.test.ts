// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AssentError, type ErrorCode } from "@assent/sdk-browserless";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  checkEndpoint,
  type EndpointFacts,
  locateEndpoint,
  processFacts,
} from "./endpoint.ts";

const facts = processFacts();
const home = { ...facts, homeDirectory: "/home/u" };
const given = (environment: EndpointFacts["environment"]) => ({
  ...home,
  environment,
});

function refused(code: ErrorCode, text: RegExp, check: () => unknown): void {
  assert.throws(
    check,
    (error: unknown) =>
      error instanceof AssentError &&
      error.code === code &&
      text.test(error.message),
  );
}

/** A real listening socket in a directory of this user alone. */
async function withSocket(use: (path: string) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "assent-endpoint-"));
  const path = join(directory, "broker.sock");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    use(path);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  }
}

test("is where the option says, else where the environment does (SDK-012)", () => {
  const environment = {
    ASSENT_ENDPOINT: "/e/broker.sock",
    ASSENT_HOME: "/h",
    XDG_RUNTIME_DIR: "/x",
  };
  assert.is(locateEndpoint("/o/b.sock", given(environment)), "/o/b.sock");
  assert.is(locateEndpoint(undefined, given(environment)), "/e/broker.sock");
  assert.is(
    locateEndpoint(undefined, given({ ...environment, ASSENT_ENDPOINT: "" })),
    "/h/run/broker.sock",
  );
  assert.is(
    locateEndpoint(undefined, given({ XDG_RUNTIME_DIR: "/x" })),
    "/x/assent/broker.sock",
  );
});

for (const endpoint of [
  "tcp://127.0.0.1:7",
  "http://localhost",
  "broker.sock",
  "",
  `/${"x".repeat(200)}`,
]) {
  test(`"${endpoint.slice(0, 20)}" is no endpoint (SDK-012)`, () => {
    refused("untrusted-endpoint", /absolute path/, () =>
      locateEndpoint(endpoint, home),
    );
    if (endpoint === "") return;
    const environment = given({ ASSENT_ENDPOINT: endpoint });
    refused("untrusted-endpoint", /absolute path/, () =>
      locateEndpoint(undefined, environment),
    );
  });
}

test("is not looked for where users have no numbers", () => {
  const nobody = { ...facts, userId: undefined };
  refused("unsupported", /cannot be checked/, () =>
    locateEndpoint("/run/assent/broker.sock", nobody),
  );
});

test("a socket of this user in a directory of this user alone is trusted (SDK-001)", () =>
  withSocket((path) => checkEndpoint(path, facts)));

for (const mode of [0o755, 0o750, 0o701, 0o777, 0o1777]) {
  test(`a directory of mode ${mode.toString(8)} is not trusted (SDK-001, T13)`, () =>
    withSocket((path) => {
      chmodSync(join(path, ".."), mode);
      refused("untrusted-endpoint", /open to other users/, () =>
        checkEndpoint(path, facts),
      );
    }));
}

test("what the environment names passes the same checks (SDK-001, SDK-012, T14)", () =>
  withSocket((path) => {
    const environment = given({ ASSENT_ENDPOINT: path });
    const located = locateEndpoint(undefined, environment);
    checkEndpoint(located, facts);
    chmodSync(join(path, ".."), 0o755);
    refused("untrusted-endpoint", /open to other users/, () =>
      checkEndpoint(located, facts),
    );
  }));

test("what belongs to another user is not trusted (SDK-001, T13)", () =>
  withSocket((path) => {
    const other = { ...facts, userId: (facts.userId ?? 0) + 1 };
    refused("untrusted-endpoint", /is another user's/, () =>
      checkEndpoint(path, other),
    );
  }));

test("a link is not followed, neither to a socket nor to a directory (SDK-001)", () =>
  withSocket((path) => {
    const directory = join(path, "..");
    const link = join(directory, "link.sock");
    symlinkSync(path, link);
    refused("untrusted-endpoint", /is no socket/, () =>
      checkEndpoint(link, facts),
    );
    const folder = `${directory}-link`;
    symlinkSync(directory, folder);
    try {
      refused("untrusted-endpoint", /a link to one/, () =>
        checkEndpoint(join(folder, "broker.sock"), facts),
      );
    } finally {
      rmSync(folder);
    }
  }));

test("a file or a directory is no socket (SDK-001)", () =>
  withSocket((path) => {
    const file = join(path, "..", "file");
    writeFileSync(file, "");
    const folder = join(path, "..", "folder");
    mkdirSync(folder);
    for (const other of [file, folder]) {
      refused("untrusted-endpoint", /is no socket/, () =>
        checkEndpoint(other, facts),
      );
    }
  }));

test("what is missing says how to start the broker (SDK-005)", () =>
  withSocket((path) => {
    for (const missing of [`${path}x`, "/nonexistent/broker.sock"]) {
      refused("unavailable", /ENOENT.*assent broker run/, () =>
        checkEndpoint(missing, facts),
      );
    }
  }));

test.run();
