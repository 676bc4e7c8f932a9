// SPDX-License-Identifier: Apache-2.0
import type { Bench } from "./bench.ts";

/**
 * A broker and an SDK as one bench: each is tried with the cases of its side.
 * @throws what either throws that does not start
 */
export async function createBothBench(
  openBroker: () => Promise<Bench>,
  openSdk: () => Promise<Bench>,
  isOfSdk: (id: string) => boolean,
): Promise<Bench> {
  const sdk = await openSdk();
  const broker = await openBroker().catch(async (error: unknown) => {
    await sdk.close();
    throw error;
  });
  const both = [broker, sdk] as const;
  return {
    facts: {
      name: both.map(({ facts }) => whole(facts)).join(" and "),
      version: "",
      protocolVersions: broker.facts.protocolVersions.filter((version) =>
        sdk.facts.protocolVersions.includes(version),
      ),
      capabilities: both.flatMap(({ facts }) => facts.capabilities),
    },
    run: (id, seed, one) => (isOfSdk(id) ? sdk : broker).run(id, seed, one),
    async close() {
      await Promise.all(both.map((bench) => bench.close()));
    },
  };
}

function whole({ name, version }: Bench["facts"]): string {
  return [name, version].filter(Boolean).join(" ");
}
