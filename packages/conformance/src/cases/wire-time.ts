// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from "node:timers/promises";
import { BrokerService } from "@assent/protocol";
import { Capability, GatePoint } from "@assent/protocol/conformance";
import { create, toBinary } from "@bufbuild/protobuf";
import { createBystanders, soon } from "../case/bystanders.ts";
import type { Caller } from "../case/caller.ts";
import type { Case, Cases } from "../case/case.ts";
import { equal, notServed, served, that } from "../case/check.ts";
import { createForbiddenWrite } from "../case/forbidden-write.ts";
import { read, readsValue } from "../case/operations.ts";
import {
  beginHttp2,
  callFrames,
  isAnswered,
  openRaw,
  type RawConnection,
} from "../case/raw.ts";
import { outstaying } from "../case/stalling.ts";
import type { World } from "../case/world.ts";
import { flavour } from "../wire/flavour.ts";
import {
  callFields,
  frameOf,
  frameTypes,
  headerBlock,
  headerFrames,
  preface,
} from "../wire/frames.ts";

const { request } = BrokerService.method;
const path = `/${BrokerService.typeName}/${request.name}`;
const headers = flavour("connect-proto").headers(undefined);
const fields = callFields(path, headers);
const patienceMs = 10_000;

/** How a connection comes to make no progress. */
interface Way {
  /** What is sent at first; what it is then that ends. */
  begin(raw: RawConnection): Promise<() => boolean>;
  /** What is sent each second after that. */
  readonly byte?: Uint8Array;
}

/** Each of these ways ends in time, and is nobody else's trouble. */
function slowLoris(ways: Readonly<Record<string, Way>>): Case {
  return {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.caller();
      const stalled = [];
      for (const [what, { begin, byte }] of Object.entries(ways)) {
        const raw = await openRaw(caller, world.broker.endpoint);
        const isOver = await begin(raw);
        stalled.push({ what, raw, isOver, ...(byte ? { byte } : {}) });
      }
      for (const { what } of await outstaying(world, stalled)) {
        that(`${what}: it ends within the limit`, false, "it is open");
      }
      for (const { raw } of stalled) raw.close();
      await bystanders.areServed("afterwards");
    },
  };
}

const closes = (raw: RawConnection) => () => raw.isClosed;
const ascii = (text: string) => Buffer.from(text, "latin1");

const stallCases: Cases = {
  "slow-loris-preface": slowLoris({
    "a connection on which nothing is sent": {
      begin: async (raw) => closes(raw),
    },
    "half a preface": {
      async begin(raw) {
        await raw.send(preface.subarray(0, 12));
        return closes(raw);
      },
    },
    "a preface and no call": {
      async begin(raw) {
        await beginHttp2(raw);
        return closes(raw);
      },
    },
  }),
  "slow-loris-headers": slowLoris({
    "headers of HTTP/2, a byte a second": {
      async begin(raw) {
        await beginHttp2(raw);
        const block = headerBlock([...fields, ["x-slow", "x".repeat(1_000)]]);
        await raw.send(headerFrames(1, block).subarray(0, -900));
        return closes(raw);
      },
      byte: ascii("x"),
    },
    "headers of HTTP/1.1, a byte a second": {
      async begin(raw) {
        await raw.send(
          ascii(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nX: `),
        );
        return closes(raw);
      },
      byte: ascii("x"),
    },
  }),
  "slow-loris-body": slowLoris({
    "the body of a first call, a byte a second": {
      async begin(raw) {
        await beginHttp2(raw);
        await raw.send(headerFrames(1, headerBlock(fields)));
        return () => isAnswered(raw, 1);
      },
      byte: frameOf(frameTypes.data, 0, 1, ascii("x")),
    },
    "the body of a later call, a byte a second": {
      async begin(raw) {
        await beginHttp2(raw);
        await raw.send(...callFrames(1, path, headers, new Uint8Array()));
        await raw.until(() => isAnswered(raw, 1), patienceMs);
        await raw.send(headerFrames(3, headerBlock(fields)));
        return () => isAnswered(raw, 3);
      },
      byte: frameOf(frameTypes.data, 0, 3, ascii("x")),
    },
    "a body of HTTP/1.1, a byte a second": {
      async begin(raw) {
        const lines = Object.entries({ ...headers, "content-length": "1000" });
        const head = lines.map(([name, value]) => `${name}: ${value}\r\n`);
        await raw.send(
          ascii(
            `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${head.join("")}\r\n`,
          ),
        );
        // Refused before it is complete is lawful.
        return () => raw.isClosed || raw.bytes().length > 0;
      },
      byte: ascii("x"),
    },
  }),
};

const deadlineMs = 50;

const deadlineCases: Cases = {
  "deadline-request": {
    needs: { control: [Capability.GATES] },
    async run(world) {
      const write = await createForbiddenWrite(world);
      const gate = await world.closeGate(GatePoint.BEFORE_VAULT);
      const link = await write.caller.link();
      const asked = link.call(request, write.message, { deadlineMs });
      await gate.held();
      // Whatever clock it is measured by: it passes.
      if (world.described.capabilities.includes(Capability.VIRTUAL_CLOCK)) {
        await world.time.advance(2 * deadlineMs);
      }
      await wait(2 * deadlineMs);
      await gate.open();
      const answer = await soon("an answer to a late call", asked);
      if (answer.kind === "refused") {
        equal("the code", answer.code, "deadline_exceeded");
      }
      notServed("a call whose deadline has passed", answer);
      await write.wasNotMade();
    },
  },
  "deadline-zero": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      for (const name of ["connect-proto", "connect-json", "grpc"] as const) {
        const link = await write.caller.link(name);
        const asked = link.call(request, write.message, { deadlineMs: 0 });
        const answer = await soon(`an answer over ${name}`, asked);
        notServed(`a deadline of zero over ${name}`, answer);
      }
      await write.wasNotMade();
    },
  },
  "deadline-junk": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      const link = await write.caller.link("connect-proto");
      for (const junk of ["abc", "12345678901", "-1", "1.5", "1e3", "0x10"]) {
        const answer = await link.call(request, write.message, {
          headers: { "connect-timeout-ms": junk },
        });
        notServed(`a deadline of "${junk}"`, answer);
      }
      await write.wasNotMade();
    },
  },
};

/** 100 calls on a connection, each cancelled while some more are made; in pieces as chance has them. */
async function storm(
  world: World,
  caller: Caller,
  body: Uint8Array,
): Promise<void> {
  const raw = await openRaw(caller, world.broker.endpoint);
  await beginHttp2(raw);
  const cancel = Buffer.from([0, 0, 0, 8]);
  const frames = Array.from({ length: 100 }, (_, n) => {
    const stream = 2 * n + 1;
    const later = n + Math.floor(world.random() * 10);
    const reset = frameOf(frameTypes.resetStream, 0, stream, cancel);
    return [
      { at: n, bytes: Buffer.concat(callFrames(stream, path, headers, body)) },
      { at: later + 0.5, bytes: reset },
    ];
  });
  const inTurn = frames.flat().sort((one, other) => one.at - other.at);
  let piece: Buffer[] = [];
  for (const { bytes } of inTurn) {
    piece.push(bytes);
    if (world.random() < 0.2) {
      await raw.send(Buffer.concat(piece));
      piece = [];
    }
  }
  const ping = frameOf(frameTypes.ping, 0, 0, Buffer.alloc(8));
  await raw.send(Buffer.concat(piece), ping);
  const last = [frameTypes.ping, frameTypes.goaway] as readonly number[];
  const isDone = () => raw.frames().some(({ type }) => last.includes(type));
  await raw.until(isDone, patienceMs);
  raw.close();
}

const cancelCases: Cases = {
  "cancel-request": {
    needs: { control: [Capability.GATES] },
    async run(world) {
      const write = await createForbiddenWrite(world);
      const link = await write.caller.link("connect-proto");
      const gate = await world.closeGate(GatePoint.BEFORE_VAULT);
      const canceled = new AbortController();
      const { signal } = canceled;
      const asked = link.call(request, write.message, { signal });
      await gate.held();
      canceled.abort();
      notServed("a call that was cancelled", await asked);
      // What is answered to that was sent after the RST_STREAM.
      that("PING is answered", await link.exchange.ping());
      await gate.open();
      await write.wasNotMade();
      equal("prompts", (await world.user.prompts()).length, 1);
    },
  },
  "cancel-storm": {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.granted();
      const item = world.item("i1");
      const body = toBinary(
        request.input,
        create(request.input, {
          account: world.acct1.id,
          operation: read(item),
        }),
      );
      // A broker may end a connection on which so much is taken back.
      for (let connections = 0; connections < 50; connections += 10) {
        await Promise.all(
          Array.from({ length: 10 }, () => storm(world, caller, body)),
        );
        await bystanders.areServed("meanwhile");
      }
      const link = await caller.link();
      const answer = await caller.request(read(item), { on: link });
      readsValue("a Request after 5 000 cancelled ones", answer, item);
      served("Authorize again", await caller.authorize({ on: link }));
      equal("prompts", (await world.user.prompts()).length, 2);
      await bystanders.areServed("afterwards");
    },
  },
};

/** Time: of connections that stall, of calls that are late, of calls that are taken back. */
export const wireTimeCases: Cases = {
  ...stallCases,
  ...deadlineCases,
  ...cancelCases,
};
