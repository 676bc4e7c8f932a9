// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Reason } from "@assent/protocol";
import { Code } from "@connectrpc/connect";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorOf } from "../test/client.ts";
import { runProgram } from "../test/program.ts";
import {
  canary,
  grant,
  reference,
  refusal,
  startBroker,
} from "../test/scripted-broker.ts";
import { AssentError, createClient } from "./index.ts";

const sdk = JSON.stringify(new URL("./index.ts", import.meta.url).href);
const head = `
  import { createClient } from ${sdk};
  const client = createClient({ account: "Personal" });
  const reference = ${JSON.stringify(reference)};
`;

/** What a program finds in its environment. */
const environment = (endpoint: string) => ({ ASSENT_ENDPOINT: endpoint });

test("finds the broker by the environment alone", async () => {
  await using broker = await startBroker();
  const program = `${head} console.log(await client.secrets.resolve(reference));`;
  const env = environment(broker.path);
  const { code, stdout, stderr } = await runProgram(program, { env });
  assert.is(stderr, "");
  assert.is(stdout.trim(), canary);
  assert.is(code, 0);
});

const resolve = "await client.secrets.resolve(reference);";
for (const [how, body, expected] of [
  ["does not close its client", resolve, 0],
  ["closes its client", `${resolve} await client.close();`, 0],
  ["disposes of its client", `${resolve} { await using _ = client; }`, 0],
  ["fails and does not close", `${resolve} throw new Error("stop");`, 1],
  [
    "cancels its first call",
    `const control = new AbortController();
     const call = client.secrets.resolve(reference, control);
     control.abort();
     await call.catch(() => {});`,
    0,
  ],
] as const) {
  test(`a program that ${how} ends by itself (SDK-008)`, async () => {
    await using broker = await startBroker();
    const env = environment(broker.path);
    const { code } = await runProgram(head + body, { env });
    assert.is(code, expected);
    await broker.until(() => broker.sessions.size === 0);
  });
}

test("a program stays alive while the user is being asked", async () => {
  await using broker = await startBroker();
  const answer = Promise.withResolvers<void>();
  broker.authorize = async () => {
    await answer.promise;
    return grant();
  };
  const program = `${head}
    const asking = createClient({
      account: "Personal",
      // Tells the broker that the wait has begun.
      onWaiting: () => client.secrets.resolve(reference).catch(() => {}),
    });
    console.log(await asking.secrets.resolve(reference));`;
  const env = environment(broker.path);
  const ended = runProgram(program, { env });
  await broker.until(() => broker.count("request") === 2);
  answer.resolve();
  const { code, stdout } = await ended;
  assert.is(stdout.trim(), canary);
  assert.is(code, 0);
});

test("a failure that nobody catches shows no secret (SDK-007)", async () => {
  await using broker = await startBroker();
  broker.request = () => {
    throw refusal(Code.Aborted, Reason.CONFLICT);
  };
  const program = `${head}
    await client.items.create({
      vaultId: "v1",
      title: "GitHub",
      fields: [{ title: "token", type: "concealed", value: process.env.VALUE }],
    });`;
  const env = {
    ...environment(broker.path),
    VALUE: canary,
    NODE_DEBUG: "http2,net,stream,timer",
    DEBUG: "*",
  };
  const { code, stdout, stderr } = await runProgram(program, { env });
  assert.is(code, 1);
  assert.match(stderr, /AssentError: The item was changed by somebody else/);
  assert.not((stdout + stderr).includes(canary));
});

test("nothing is written to disk (SDK-011)", async () => {
  await using broker = await startBroker();
  const home = mkdtempSync(join(tmpdir(), "assent-home-"));
  const env = {
    ...environment(broker.path),
    HOME: home,
    TMPDIR: home,
    XDG_CACHE_HOME: home,
    XDG_DATA_HOME: home,
  };
  const program = `${head} await client.secrets.resolve(reference);`;
  const { code } = await runProgram(program, { cwd: home, env });
  assert.is(code, 0);
  assert.equal(readdirSync(home), []);
  rmSync(home, { recursive: true });
});

test("a child gets neither the connection nor a secret (SDK-011, SDK-013)", async () => {
  await using broker = await startBroker();
  // What the child has: links of its descriptors but the first three, and its environment.
  const look = `
    const fs = require("node:fs");
    const open = fs.readdirSync("/dev/fd").filter((fd) => Number(fd) > 2);
    const sockets = open.filter((fd) => {
      try { return fs.fstatSync(Number(fd)).isSocket(); } catch { return false; }
    });
    console.log(JSON.stringify({ sockets, env: process.env, argv: process.argv }));`;
  const program = `${head}
    import { execFileSync } from "node:child_process";
    import { readdirSync, fstatSync } from "node:fs";
    await client.secrets.resolve(reference);
    const own = readdirSync("/dev/fd").filter((fd) => {
      try { return fstatSync(Number(fd)).isSocket(); } catch { return false; }
    });
    console.log(own.length);
    console.log(execFileSync(process.execPath, ["-e", ${JSON.stringify(look)}], { encoding: "utf8" }));`;
  const env = environment(broker.path);
  const { code, stdout } = await runProgram(program, { env });
  assert.is(code, 0);
  const [own, child = "{}"] = stdout.trim().split("\n");
  // The program itself has one, so the child's empty list says something.
  assert.ok(Number(own) > 0);
  assert.equal(JSON.parse(child).sockets, []);
  assert.not(child.includes(canary));
});

test("two clients of one process are one process to the broker", async () => {
  await using broker = await startBroker();
  const options = { endpoint: broker.path, account: "Personal" };
  const first = createClient(options);
  const second = createClient(options);
  assert.is(await first.secrets.resolve(reference), canary);
  assert.is(await second.secrets.resolve(reference), canary);
  // The broker knows the process: the second finds access and asks nobody.
  assert.is(broker.count("authorize"), 1);
  await Promise.all([first.close(), second.close()]);
});

test("a client shows no secret (SDK-007)", async () => {
  await using broker = await startBroker();
  const client = createClient({ endpoint: broker.path, account: "Personal" });
  await client.secrets.resolve(reference);
  const all = await client.secrets.resolveAll([reference]);
  for (const value of [client, all]) {
    const options = { depth: null, showHidden: true, getters: true };
    assert.not(inspect(value, options).includes(canary));
    assert.not(JSON.stringify(value).includes(canary));
  }
  await client.close();
});

test("nothing is opened before the first call, and options are checked at once", async () => {
  assert.throws(
    () => createClient({ purpose: "x".repeat(201) }),
    (error: unknown) =>
      error instanceof AssentError && error.code === "invalid",
  );
  const client = createClient({ endpoint: "/nonexistent/broker.sock" });
  await client.close();
  const other = createClient({ endpoint: "tcp://127.0.0.1:1" });
  const error = await errorOf(other.vaults.list());
  assert.is(error.code, "untrusted-endpoint");
});

test.run();
