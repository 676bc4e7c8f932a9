// SPDX-License-Identifier: Apache-2.0
import { BrokerService } from "@assent/protocol";
import { create, toBinary } from "@bufbuild/protobuf";
import type { Cases } from "../case/case.ts";
import { equal, that } from "../case/check.ts";
import { createForbiddenWrite } from "../case/forbidden-write.ts";
import { read, readsValue } from "../case/operations.ts";
import { beginHttp2, openRaw, type RawConnection } from "../case/raw.ts";
import { flavour } from "../wire/flavour.ts";
import {
  callFields,
  frameFlags,
  frameOf,
  frameTypes,
  headerBlock,
  headerFrames,
} from "../wire/frames.ts";

const { authorize, request, revoke } = BrokerService.method;
const pathOf = ({ name }: { readonly name: string }) =>
  `/${BrokerService.typeName}/${name}`;
const proto = flavour("connect-proto").headers(undefined);
const blockOf = (
  method: { readonly name: string },
  more: Readonly<Record<string, string>> = {},
) => headerBlock(callFields(pathOf(method), { ...proto, ...more }));

/** What was sent before is with the broker. */
async function isReceived(raw: RawConnection): Promise<void> {
  const pings = () =>
    raw.frames().filter(({ type }) => type === frameTypes.ping).length;
  const before = pings();
  await raw.send(frameOf(frameTypes.ping, 0, 0, Buffer.alloc(8)));
  // Closed is lawful, too.
  await raw.until(() => pings() > before);
}

/** Calls that were not sent to their end. */
export const wireCutOffCases: Cases = {
  "truncated-body": {
    async run(world) {
      const write = await createForbiddenWrite(world);
      const { length } = write.proto;
      const data = (bytes: Uint8Array, flags = 0) =>
        frameOf(frameTypes.data, flags, 1, bytes);
      const ways = {
        "the whole message, but not its end": [
          headerFrames(1, blockOf(request)),
          data(write.proto),
        ],
        "half of a frame": [
          headerFrames(1, blockOf(request)),
          data(write.proto, frameFlags.endStream).subarray(0, -10),
        ],
        "less than its length says": [
          headerFrames(
            1,
            blockOf(request, { "content-length": `${length + 1}` }),
          ),
          data(write.proto, frameFlags.endStream),
        ],
      };
      for (const [what, frames] of Object.entries(ways)) {
        const raw = await openRaw(write.caller, world.broker.endpoint);
        await beginHttp2(raw);
        await raw.send(...frames);
        await world.settled();
        const ok = Buffer.from([0x88]);
        const served = raw
          .frames()
          .some(
            ({ type, stream, payload }) =>
              type === frameTypes.headers &&
              stream === 1 &&
              payload.subarray(0, 1).equals(ok),
          );
        that(`${what}: it is not served`, !served, "status 200");
        raw.close();
      }
      const lines = Object.entries({
        ...proto,
        "content-length": `${length + 1}`,
      });
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`);
      const raw = await openRaw(write.caller, world.broker.endpoint);
      await raw.send(
        Buffer.from(
          `POST ${pathOf(request)} HTTP/1.1\r\nHost: localhost\r\n${head.join("")}\r\n`,
        ),
        write.proto,
      );
      await world.settled();
      raw.close();
      await write.wasNotMade();
    },
  },
  "rst-after-headers": {
    async run(world) {
      const caller = await world.granted();
      const stranger = await world.caller();
      const asked = toBinary(
        authorize.input,
        create(authorize.input, { account: world.acct1.id }),
      );
      // An empty message would be a whole one: of everything, of no account.
      for (const [who, method, body] of [
        [caller, revoke, undefined],
        [stranger, authorize, undefined],
        [stranger, authorize, asked],
      ] as const) {
        const raw = await openRaw(who, world.broker.endpoint);
        await beginHttp2(raw);
        await raw.send(
          headerFrames(1, blockOf(method)),
          ...(body === undefined ? [] : [frameOf(frameTypes.data, 0, 1, body)]),
          frameOf(frameTypes.resetStream, 0, 1, Buffer.from([0, 0, 0, 8])),
        );
        await isReceived(raw);
        raw.close();
      }
      // All of a message came, and lies there, when its call is taken back.
      const write = await createForbiddenWrite(world);
      for (const code of [0, 1, 2, 5, 7, 8, 11]) {
        const raw = await openRaw(write.caller, world.broker.endpoint);
        await beginHttp2(raw);
        await raw.send(
          headerFrames(1, blockOf(request)),
          frameOf(frameTypes.data, 0, 1, write.proto),
        );
        await isReceived(raw);
        const reset = Buffer.from([0, 0, 0, code]);
        await raw.send(frameOf(frameTypes.resetStream, 0, 1, reset));
        await isReceived(raw);
        raw.close();
      }
      await write.wasNotMade();
      equal("prompts", (await world.user.prompts()).length, 2);
      const answer = await caller.request(read(world.item("i1")));
      readsValue("a Request after it", answer, world.item("i1"));
    },
  },
};
