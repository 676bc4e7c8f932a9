// SPDX-License-Identifier: Apache-2.0
import { BrokerService } from "@assent/protocol";
import { createBystanders, soon } from "../case/bystanders.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed, refused, served, that } from "../case/check.ts";
import { listVaults, read, readsValue } from "../case/operations.ts";
import { openRaw } from "../case/raw.ts";
import { isOverInTime } from "../case/stalling.ts";
import { Failure, NotApplicable } from "../case/verdict.ts";
import type { World } from "../case/world.ts";
import { type FlavourName, flavour, flavours } from "../wire/flavour.ts";
import { preface } from "../wire/frames.ts";
import { expiryCases } from "./expiry.ts";
import { lockCases } from "./lock.ts";
import { revokeCases } from "./revoke.ts";
import { sessionCases } from "./session.ts";

const { request } = BrokerService.method;
const path = `/${BrokerService.typeName}/${request.name}`;

/** Whether a flavour is served at all: what a stranger is told over it. */
async function isServed(world: World, name: FlavourName): Promise<boolean> {
  const stranger = await world.caller();
  try {
    const link = await stranger.link(name);
    const answer = await soon(
      `an answer over ${name}`,
      stranger.request(listVaults, { on: link }),
    );
    return answer.kind === "refused" && answer.code === "unauthenticated";
  } catch (error) {
    // It says nothing at all.
    if (error instanceof Failure) return false;
    throw error;
  } finally {
    stranger.process.kill();
  }
}

/** Cases that need only what every flavour has, few enough to be run over each. */
const few: Cases = {
  "session/request-after-approve": sessionCases["request-after-approve"],
  "session/deny": sessionCases["deny"],
  "expiry/10-00-000": expiryCases["10-00-000"],
  "lock/other-account-untouched": lockCases["other-account-untouched"],
} as Cases;
const dozen: Cases = {
  ...few,
  "session/request-before-authorize": sessionCases["request-before-authorize"],
  "session/deny-keeps-other-grant": sessionCases["deny-keeps-other-grant"],
  "session/prompt-timeout": sessionCases["prompt-timeout"],
  "session/reauthorize-live-no-prompt":
    sessionCases["reauthorize-live-no-prompt"],
  "session/reconnect-keeps": sessionCases["reconnect-keeps"],
  "expiry/9-59-999": expiryCases["9-59-999"],
  "revoke/own": revokeCases["own"],
  "revoke/not-other-account": revokeCases["not-other-account"],
} as Cases;

/** Runs cases in a flavour; those that need more of the control service than there is are left out. */
async function runOver(
  world: World,
  name: FlavourName,
  cases: Cases,
): Promise<void> {
  for (const [id, one] of Object.entries(cases)) {
    if ("pending" in one) throw new Error(`${id} is pending`);
    const { capabilities } = world.described;
    const needed = one.needs?.control ?? [];
    if (needed.some((one) => !capabilities.includes(one))) continue;
    const own = await world.again(name);
    try {
      await one.run(own);
      own.finish();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { assertion, expected, got } = error;
      throw new Failure(`${id} over ${name}: ${assertion}`, expected, got);
    } finally {
      for (const { process } of own.callers) process.kill();
    }
  }
}

/** The same rules over a flavour, in both of its encodings; without `required` it need not be served. */
function over(
  first: FlavourName,
  second: FlavourName | undefined,
  required: boolean,
): Case {
  return {
    async run(world) {
      if (!(await isServed(world, first))) {
        that(`${first} is served`, !required, "it is not");
        throw new NotApplicable(`the broker does not serve ${first}`);
      }
      await runOver(world, first, dozen);
      if (second !== undefined && (await isServed(world, second))) {
        await runOver(world, second, few);
      }
    },
  };
}

const host = "Host: localhost\r\n";
const post = `POST ${path} HTTP/1.1\r\n`;
const proto = Object.entries(flavour("connect-proto-http1").headers(undefined))
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join("");
const badHttp1: Readonly<Record<string, string>> = {
  "no version": `POST ${path}\r\n\r\n`,
  "an unknown version": `POST ${path} HTTP/9.9\r\n${host}\r\n`,
  "a header without a name": `${post}${host}: x\r\n\r\n`,
  "a space before the colon": `${post}${host}content-length : 0\r\n\r\n`,
  "a length that is none": `${post}${host}${proto}content-length: -1\r\n\r\n`,
  "two lengths": `${post}${host}${proto}content-length: 0\r\ncontent-length: 9\r\n\r\n`,
  "a length and chunks": `${post}${host}${proto}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  "a chunk without a length": `${post}${host}${proto}transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n`,
  "a NUL in a header": `${post}${host}x: a\0b\r\n\r\n`,
  "a header of 1 MiB": `${post}${host}x: ${"x".repeat(2 ** 20)}\r\n\r\n`,
  "no line ends": "P".repeat(100_000),
};

const clientHello = Buffer.from(
  "16030100c8010000c40303a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9020" +
    "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90" +
    "0006130113021303010000750000000e000c0000096c6f63616c686f7374000a00040002001d" +
    "000d000400020403001000050003026832002b0003020304".padEnd(2 * 160, "0"),
  "hex",
);

/** Bytes that are not of the protocol cost their connection, and nobody else's. */
async function costsItself(
  world: World,
  what: string,
  bytes: Uint8Array,
): Promise<void> {
  const caller = await world.caller();
  const raw = await openRaw(caller, world.broker.endpoint);
  await raw.send(bytes);
  that(`${what}: the connection is closed`, await isOverInTime(world, raw));
  const said = raw.bytes().toString("latin1", 0, 16);
  that(`${what}: it is not served`, !/^HTTP\/1\.1 2/.test(said), said);
  caller.process.kill();
}

function randomBytes(world: World, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = world.random() * 256;
  return bytes;
}

/** In which ways calls may be written, and what is none of them. */
export const wireFlavourCases: Cases = {
  http1: {
    async run(world) {
      const bystanders = await createBystanders(world);
      for (const [what, text] of Object.entries(badHttp1)) {
        await costsItself(world, what, Buffer.from(text, "latin1"));
      }
      await bystanders.areServed("after malformed HTTP/1.1");
      for (const name of [
        "connect-proto-http1",
        "connect-json-http1",
      ] as const) {
        if (await isServed(world, name)) await runOver(world, name, few);
      }
    },
  },
  "tls-hello": {
    async run(world) {
      const bystanders = await createBystanders(world);
      await costsItself(world, "a ClientHello", clientHello);
      await bystanders.areServed("afterwards");
    },
  },
  garbage: {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.caller();
      const raws = [];
      for (let count = 0; count < 100; count += 1) {
        const raw = await openRaw(caller, world.broker.endpoint);
        const bytes = randomBytes(world, 10_486);
        // Every other one looks like HTTP/2 at first.
        await raw.send(...(count % 2 === 0 ? [bytes] : [preface, bytes]));
        raws.push(raw);
        // There may be a limit of connections, and these may be slow to go.
        if (count % 20 === 19) await bystanders.areServed("meanwhile");
      }
      const [first] = raws;
      if (first !== undefined) await isOverInTime(world, first);
      for (const raw of raws) {
        that("garbage ends its connection", await isOverInTime(world, raw));
      }
      await bystanders.areServed("afterwards");
    },
  },
  "flavour-connect-proto": over("connect-proto", undefined, true),
  "flavour-connect-json": over("connect-json", undefined, true),
  "flavour-grpc": over("grpc", "grpc-json", false),
  "flavour-grpc-web": over("grpc-web", "grpc-web-json", false),
  "flavour-shared-session": {
    async run(world) {
      const caller = await world.caller();
      await world.user.decides("approve");
      const json = await caller.link("connect-json");
      served("Authorize over JSON", await caller.authorize({ on: json }));
      world.allow(caller, "i1", "i2", "i3");
      const item = world.item("i1");
      const links = [];
      for (const { name } of flavours) {
        if (!(await isServed(world, name))) continue;
        const on = await caller.link(name);
        links.push(on);
        const answer = await caller.request(read(item), { on });
        readsValue(`a Request over ${name}`, answer, item);
      }
      equal("prompts", (await world.user.prompts()).length, 1);
      const [last = json] = links.slice(-1);
      served(`Revoke over ${last.flavour}`, await caller.revoke({ on: last }));
      for (const on of [json, ...links]) {
        const answer = await caller.request(read(item), { on });
        const what = `a Request over ${on.flavour} after the Revoke`;
        refused(what, answer, "unauthenticated");
      }
    },
  },
  "flavour-no-bypass": {
    async run(world) {
      const granted = await world.granted();
      const stranger = await world.caller();
      const item = world.item("i1");
      for (const { name } of flavours) {
        const on = await stranger.link(name);
        const asked = stranger.request(read(item), { on });
        notServed(`Request over ${name}`, await soon(name, asked));
      }
      const types = [
        "application/connect+proto",
        "application/connect+json",
        "application/grpc",
        "application/grpc-web",
        "application/grpc-web-text",
        "application/grpc-web-text+proto",
        "application/json; charset=utf-8",
        "application/x-protobuf",
        "application/protobuf",
        "text/json",
        "",
      ];
      for (const type of types) {
        for (const name of ["connect-proto", "connect-json", "grpc"] as const) {
          const on = await stranger.link(name);
          const headers = { "content-type": type };
          const asked = stranger.request(read(item), { on, headers });
          const what = `Request over ${name} called "${type}"`;
          const answer = await soon(what, asked);
          // In another flavour than asked, an empty answer may be a refusal.
          const isServed = answer.kind === "served" && answer.message.result;
          that(`${what} is not served`, !isServed, "served");
          on.close();
        }
      }
      equal("prompts", (await world.user.prompts()).length, 1);
      const answer = await granted.request(read(item));
      readsValue("the Request of a process that may", answer, item);
    },
  },
};
