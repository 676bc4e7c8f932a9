// SPDX-License-Identifier: Apache-2.0
import { DriverFeatureSchema } from "@assent/protocol/conformance";
import type { Bench } from "../run/bench.ts";
import { sdkCases } from "../sdk-cases/index.ts";
import { describeSdk, runSdkCase } from "./run-sdk-case.ts";
import type { SdkUnderTest } from "./sdk-world.ts";

/**
 * An SDK whose driver answers. Each case has a broker and programs of its own,
 * so that cases may run side by side.
 *
 * @throws DriverError when the driver does not say who it is
 */
export async function createSdkBench(sdk: SdkUnderTest): Promise<Bench> {
  const described = await describeSdk(sdk);
  return {
    facts: {
      name: described.sdk,
      version: described.sdkVersion,
      protocolVersions: described.protocolVersions,
      capabilities: described.features.map(
        (one) => DriverFeatureSchema.value[one]?.localName ?? String(one),
      ),
    },
    run(id) {
      const one = sdkCases.get(id) ?? { pending: "not built yet" };
      return runSdkCase(id, one, { ...sdk, described });
    },
    close: async () => {},
  };
}
