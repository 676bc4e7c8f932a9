// SPDX-License-Identifier: Apache-2.0
import { BrokerService } from "@assent/protocol";
import type { CallerConnection } from "../caller/caller-process.ts";
import { createBystanders } from "../case/bystanders.ts";
import type { Cases } from "../case/case.ts";
import { that } from "../case/check.ts";
import { read, readsValue } from "../case/operations.ts";
import { beginHttp2, openRaw } from "../case/raw.ts";
import { flavour } from "../wire/flavour.ts";
import { callFields, headerBlock, headerFrames } from "../wire/frames.ts";

const { request } = BrokerService.method;
const path = `/${BrokerService.typeName}/${request.name}`;

/** What one process asks for does not keep another waiting. */
export const wireLoadCases: Cases = {
  fairness: {
    async run(world) {
      const bystanders = await createBystanders(world);
      const greedy = await world.granted();
      const item = world.item("i1");
      const flood = Array.from({ length: 1_000 }, () =>
        greedy.request(read(item)),
      );
      await bystanders.areServed("while another asks 1 000 times");
      for (const answer of await Promise.all(flood)) {
        // It may be refused what is too much.
        if (answer.kind === "served") readsValue("Request", answer, item);
      }
      // Calls that have begun and do not go on: of one process, on 16 connections.
      const block = headerBlock(
        callFields(path, flavour("connect-proto").headers(undefined)),
      );
      const frames = Buffer.concat(
        Array.from({ length: 64 }, (_, n) => headerFrames(2 * n + 1, block)),
      );
      const held = [];
      for (let count = 0; count < 16; count += 1) {
        const raw = await openRaw(greedy, world.broker.endpoint);
        await beginHttp2(raw);
        await raw.send(frames);
        held.push(raw);
      }
      await bystanders.areServed("while 1 024 calls of another are half sent");
      for (const raw of held) raw.close();
      // The broker hears of that in its own time; until then it may say that
      // this process asks for too much.
      for (let tries = 2_000; tries > 0; tries -= 1) {
        if ((await greedy.request(read(item))).kind === "served") break;
      }
      // And calls that wait for their user.
      const account = world.acct2.id;
      const waiting = Array.from({ length: 100 }, () =>
        greedy.authorize({ account }),
      );
      const [prompt] = await world.user.pending();
      await bystanders.areServed(
        "while 100 calls of another wait for the user",
      );
      await world.user.decide(prompt, "deny");
      await Promise.all(waiting);
    },
  },
  "connection-cap": {
    async run(world) {
      const bystanders = await createBystanders(world);
      const greedy = await world.caller();
      const opened: CallerConnection[] = [];
      let refused = 0;
      for (let batch = 0; batch < 20; batch += 1) {
        const connecting = Array.from({ length: 100 }, () =>
          greedy.process.connect(world.broker.endpoint),
        );
        for (const result of await Promise.allSettled(connecting)) {
          if (result.status === "rejected") refused += 1;
          else {
            result.value.on("error", () => {});
            result.value.resume();
            opened.push(result.value);
          }
        }
        await bystanders.areServed(`beside ${opened.length} connections`);
      }
      const open = opened.filter(({ readableEnded }) => !readableEnded).length;
      that(
        "not all 2 000 connections of one process stay open",
        open < opened.length || refused > 0,
        `${open} are open`,
      );
      for (const connection of opened) connection.destroy();
      await bystanders.areServed("afterwards");
    },
  },
};
