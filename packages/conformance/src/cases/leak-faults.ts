// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Reason } from "@assent/protocol";
import { Capability, Fault } from "@assent/protocol/conformance";
import type { Cases } from "../case/case.ts";
import { equal, refused, served, that } from "../case/check.ts";
import { newId } from "../case/fixture.ts";
import {
  listItems,
  listVaults,
  read,
  readsValue,
  resolve,
} from "../case/operations.ts";
import { insideOf, provoke, textOf } from "../case/provoked.ts";
import { getItems, makeItem } from "../case/vault-operations.ts";
import type { World } from "../case/world.ts";

/** Reads, changes and failures that the broker may write about. */
async function makeNoise(world: World): Promise<void> {
  const caller = await world.granted({ scope: { write: true } });
  world.allow(caller, "i1", "i2", "i3");
  const { vaultId, id, otpUri } = world.item("i1");
  await caller.request(read(world.item("i1")));
  await caller.request(getItems(vaultId, id, newId()));
  await caller.request(resolve("assent://V1/i1/nothing", otpUri));
  await makeItem(caller, vaultId, "new", `${world.item("i2").value} again`);
  await provoke(world, await world.caller());
  await world.user.decides("deny");
  await caller.authorize({ account: world.acct2.id });
  await world.lock();
  await caller.request(read(world.item("i1")));
}

/** What the broker wrote for whoever runs it. */
function* logsBelow(folder: string, but: string): Generator<Buffer> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === but) continue;
    if (entry.isDirectory()) yield* logsBelow(path, but);
    else if (entry.isFile() && /log|trace|dump|core/i.test(entry.name)) {
      yield readFileSync(path);
    }
  }
}

/** What comes out when something breaks. */
export const leakFaultCases: Cases = {
  "error-no-secret": {
    needs: { control: [Capability.FAULTS] },
    async run(world) {
      const caller = await world.granted();
      world.allowNothing(caller);
      const { vaultId, id } = world.item("i1");
      for (const operation of [read(world.item("i1")), getItems(vaultId, id)]) {
        const fault = Fault.VAULT_ERROR;
        await world.control.injectFault({ fault, times: 1 });
        const answer = await caller.request(operation);
        that("it failed", answer.kind !== "served" || !holdsItem(answer));
      }
      const nowhere = await caller.request(listItems("nowhere"));
      that("what is not there failed", nowhere.kind !== "served");
      // Neither callers nor the output may hold it: that is looked at after every case.
      world.finish();
      const again = await world.granted();
      const answer = await again.request(read(world.item("i1")));
      readsValue("a Request afterwards", answer, world.item("i1"));
    },
  },
  "internal-panic": {
    needs: { control: [Capability.FAULTS] },
    async run(world) {
      const caller = await world.granted();
      const texts = new Set<string>();
      for (const operation of [
        read(world.item("i1")),
        listVaults,
        getItems("V1", world.item("i2").id),
      ]) {
        const fault = Fault.HANDLER_PANIC;
        await world.control.injectFault({ fault, times: 1 });
        const answer = await caller.request(operation);
        refused("Request", answer, "internal");
        const { reason } = answer;
        that(
          "the reason",
          reason === undefined || reason === Reason.INTERNAL,
          String(reason),
        );
        texts.add(answer.message);
        const found = insideOf(textOf(answer));
        that("nothing of the inside", found === undefined, found);
        that(
          "nothing of the account",
          !textOf(answer).includes(world.acct1.id),
        );
      }
      equal("different texts", texts.size, 1);
      const answer = await caller.request(read(world.item("i1")));
      readsValue("a Request afterwards", answer, world.item("i1"));
    },
  },
  "logs-canary": {
    async run(world) {
      await makeNoise(world);
      for (const bytes of logsBelow(world.broker.home, world.folder)) {
        world.scan(bytes);
      }
      world.scan(world.broker.output());
    },
  },
  "core-and-crash": {
    async run(world) {
      await world.elsewhere({}, async (its) => {
        const caller = await its.granted();
        const answer = await caller.request(read(its.item("i1")));
        readsValue("Request", answer, its.item("i1"));
        served("Request", await caller.request(listVaults));
        await its.broker.kill("SIGABRT");
        its.scan(its.broker.output());
        for (const bytes of logsBelow(its.broker.home, its.folder)) {
          its.scan(bytes);
        }
      });
    },
  },
};

function holdsItem(answer: Parameters<typeof textOf>[0]): boolean {
  return textOf(answer).includes("canary-");
}
