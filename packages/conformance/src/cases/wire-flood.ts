// SPDX-License-Identifier: Apache-2.0
import { BrokerService } from "@assent/protocol";
import { create, toBinary } from "@bufbuild/protobuf";
import { createBystanders } from "../case/bystanders.ts";
import type { Case, Cases } from "../case/case.ts";
import { served, that } from "../case/check.ts";
import { withinMemory } from "../case/memory.ts";
import { listVaults, putItem, resolve } from "../case/operations.ts";
import {
  answerOf,
  beginHttp2,
  isAnswered,
  openRaw,
  type RawConnection,
} from "../case/raw.ts";
import { isOverInTime } from "../case/stalling.ts";
import type { World } from "../case/world.ts";
import { flavour } from "../wire/flavour.ts";
import {
  callFields,
  frameFlags,
  frameOf,
  frameTypes,
  headerBlock,
  headerFrames,
  preface,
} from "../wire/frames.ts";

const { request } = BrokerService.method;
const path = `/${BrokerService.typeName}/${request.name}`;
const fields = callFields(path, flavour("connect-proto").headers(undefined));
const mib = 2 ** 20;
// What a broker may take for a flood, however it is written.
const room = 256 * mib;
const patienceMs = 10_000;

function requestBytes(world: World): Uint8Array {
  return toBinary(
    request.input,
    create(request.input, {
      account: world.acct1.id,
      operation: listVaults,
    }),
  );
}

/** Hostile bytes on a connection of their own: they cost that one at most. */
function flood(
  attack: (world: World, raw: RawConnection) => Promise<void>,
): Case {
  return {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.granted();
      await withinMemory(world, room, async () => {
        const raw = await openRaw(caller, world.broker.endpoint);
        const attacking = attack(world, raw);
        await Promise.all([attacking, bystanders.areServed("meanwhile")]);
        raw.close();
      });
      await bystanders.areServed("afterwards");
    },
  };
}

/** A call with such headers: whatever is answered, it is no yes. */
async function isRefused(
  world: World,
  raw: RawConnection,
  stream: number,
  what: string,
  block: Uint8Array,
): Promise<void> {
  await raw.send(
    headerFrames(stream, block),
    frameOf(frameTypes.data, frameFlags.endStream, stream, requestBytes(world)),
  );
  const answered = await raw.until(() => isAnswered(raw, stream), patienceMs);
  that(`${what}: the call or the connection ends`, answered, "nothing came");
  const status = answerOf(raw, stream)?.status ?? 0;
  that(`${what}: it is not served`, status !== 200, "status 200");
}

const headerBombs: Readonly<Record<string, () => Uint8Array>> = {
  "one header of 80 kB": () =>
    headerBlock([...fields, ["x-large", "x".repeat(80_000)]]),
  "10 000 headers": () =>
    headerBlock([
      ...fields,
      ...Array.from({ length: 10_000 }, (_, n) => [`x-${n}`, "y"] as const),
    ]),
  "64 MB by reference to one header of 4 kB": () => {
    // Literal with indexing (RFC 7541, 6.2.1), then the entry it made, again and again.
    const entry = headerBlock([["x-large", "x".repeat(4_000)]]);
    entry[0] = 0x40;
    const again = Buffer.alloc(16_000, 0x80 + 62);
    return Buffer.concat([headerBlock(fields), entry, again]);
  },
};

/** So many frames in a piece. */
function many(count: number, one: (index: number) => Uint8Array): Buffer {
  // Some at a time: so many small buffers at once take ten times their bytes.
  const pieces: Buffer[] = [];
  for (let from = 0; from < count; from += 1_000) {
    const length = Math.min(1_000, count - from);
    pieces.push(Buffer.concat(Array.from({ length }, (_, n) => one(from + n))));
  }
  return Buffer.concat(pieces);
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const controlFloods: Readonly<Record<string, () => Buffer>> = {
  SETTINGS: () =>
    many(100_000, () =>
      frameOf(frameTypes.settings, 0, 0, Buffer.from("000400010000", "hex")),
    ),
  "empty SETTINGS": () =>
    many(200_000, () => frameOf(frameTypes.settings, 0, 0)),
  PING: () =>
    many(200_000, (n) =>
      frameOf(frameTypes.ping, 0, 0, Buffer.concat([u32(n), u32(0)])),
    ),
  "WINDOW_UPDATE 0": () =>
    many(100_000, () => frameOf(frameTypes.windowUpdate, 0, 0, u32(0))),
  PRIORITY: () =>
    many(100_000, (n) =>
      frameOf(
        frameTypes.priority,
        0,
        2 * n + 1,
        Buffer.concat([u32(0), Buffer.from([1])]),
      ),
    ),
  "empty DATA": () =>
    Buffer.concat([
      headerFrames(1, headerBlock(fields)),
      many(200_000, () => frameOf(frameTypes.data, 0, 1)),
    ]),
};

/** SETTINGS_MAX_CONCURRENT_STREAMS as the broker said it. */
function streamLimit(raw: RawConnection): number | undefined {
  for (const { type, flags, payload } of raw.frames()) {
    if (type !== frameTypes.settings || (flags & frameFlags.ack) !== 0)
      continue;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) === 3) return payload.readUInt32BE(at + 2);
    }
  }
  return undefined;
}

/** Headers and frames of control, more than anybody sends who means well. */
export const wireFloodCases: Cases = {
  "header-bomb": {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.granted();
      await withinMemory(world, room, async () => {
        for (const [what, block] of Object.entries(headerBombs)) {
          const raw = await openRaw(caller, world.broker.endpoint);
          await beginHttp2(raw);
          await isRefused(world, raw, 1, what, block());
          await bystanders.areServed(`after ${what}`);
          raw.close();
        }
      });
    },
  },
  "continuation-flood": flood(async (world, raw) => {
    await beginHttp2(raw);
    await raw.send(frameOf(frameTypes.headers, 0, 1, headerBlock(fields)));
    const more = headerBlock([["x-more", "x".repeat(16_000)]]);
    const piece = many(64, () => frameOf(frameTypes.continuation, 0, 1, more));
    for (let sent = 0; sent < 64 && !raw.isClosed; sent += 1) {
      await raw.send(piece);
    }
    that(
      "headers without end end the connection",
      await isOverInTime(world, raw),
      "it is open",
    );
  }),
  "rapid-reset": flood(async (_world, raw) => {
    await beginHttp2(raw);
    const block = headerBlock(fields);
    const cancel = u32(8);
    for (let sent = 0; sent < 20_000 && !raw.isClosed; sent += 1_000) {
      await raw.send(
        many(1_000, (n) => {
          const stream = 2 * (sent + n) + 1;
          return Buffer.concat([
            headerFrames(stream, block),
            frameOf(frameTypes.resetStream, 0, stream, cancel),
          ]);
        }),
      );
    }
  }),
  "settings-ping-flood": {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.granted();
      await withinMemory(world, room, async () => {
        for (const [what, frames] of Object.entries(controlFloods)) {
          const raw = await openRaw(caller, world.broker.endpoint);
          await beginHttp2(raw);
          // What is said to that is not read meanwhile.
          await reads(raw, false);
          await raw.send(frames());
          await bystanders.areServed(`during a flood of ${what}`);
          await reads(raw, true);
          await bystanders.areServed(`after a flood of ${what}`);
          raw.close();
        }
      });

      async function reads(raw: RawConnection, isReading: boolean) {
        const { number: connection } = raw.connection;
        const value = { connection, paused: !isReading };
        // A connection that was closed cannot be told anything.
        await caller.process
          .command({ case: "pause", value })
          .catch(() => undefined);
      }
    },
  },
  "stream-limit": {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.granted();
      const raw = await openRaw(caller, world.broker.endpoint);
      await beginHttp2(raw);
      await raw.until(() => raw.frames().length > 0);
      await raw.send(frameOf(frameTypes.settings, frameFlags.ack, 0));
      const limit = streamLimit(raw);
      that(
        "the number of streams of a connection is limited",
        limit !== undefined && limit <= 10_000,
        `${limit ?? "no limit"}`,
      );
      const block = headerBlock(fields);
      const last = 2 * limit + 1;
      // Calls whose messages never come.
      await raw.send(many(limit + 1, (n) => headerFrames(2 * n + 1, block)));
      const answered = await raw.until(() => isAnswered(raw, last), patienceMs);
      that("one stream more ends", answered, "it is open");
      const status = answerOf(raw, last)?.status ?? 0;
      that("one stream more is refused", status !== 200, "status 200");
      await bystanders.areServed("meanwhile");
      raw.close();
      await bystanders.areServed("afterwards");
    },
  },
  "slow-reader": {
    async run(world) {
      const bystanders = await createBystanders(world);
      const caller = await world.granted({ scope: { write: true } });
      const { vaultId } = world.item("i1");
      const large = "x".repeat(256 * 1024);
      served(
        "a large item",
        await caller.request(putItem(vaultId, "large", large)),
      );
      const message = toBinary(
        request.input,
        create(request.input, {
          account: world.acct1.id,
          operation: resolve(...Array(12).fill("assent://V1/large/value")),
        }),
      );
      await withinMemory(world, 3 * room, async () => {
        // All windows closed, and then all open but nothing read.
        for (const window of [0, 2 ** 31 - 1]) {
          const raw = await openRaw(caller, world.broker.endpoint);
          const { number: connection } = raw.connection;
          const value = { connection, paused: true };
          await caller.process.command({ case: "pause", value });
          await raw.send(
            preface,
            frameOf(
              frameTypes.settings,
              0,
              0,
              Buffer.concat([Buffer.from("0004", "hex"), u32(window)]),
            ),
            frameOf(frameTypes.windowUpdate, 0, 0, u32(2 ** 30)),
            many(300, (n) =>
              Buffer.concat([
                headerFrames(2 * n + 1, headerBlock(fields)),
                frameOf(
                  frameTypes.data,
                  frameFlags.endStream,
                  2 * n + 1,
                  message,
                ),
              ]),
            ),
          );
          const what = `while nobody reads 900 MiB, with a window of ${window}`;
          await bystanders.areServed(what);
          await bystanders.areServed(what);
          raw.close();
        }
      });
      await bystanders.areServed("afterwards");
    },
  },
};
