// SPDX-License-Identifier: Apache-2.0
import { compilerAdvice } from "../caller/native-caller.ts";
import { canUsePidNamespace } from "../caller/pid-namespace.ts";
import type { MachineFeature } from "../case/case.ts";
import { canUseNetworkNamespace } from "./network-namespace.ts";
import { canUseSecondUser } from "./second-user.ts";

/** Every feature that a case can need. */
export const machineFeatures: readonly MachineFeature[] = [
  "pid-namespace",
  "second-user",
  "network-namespace",
];

const found = new Map<string, Promise<string | undefined>>();

/**
 * What this machine lacks for a feature, in words that say what brings it;
 * undefined: nothing. Each is tried once.
 */
export function missingOnMachine(
  feature: MachineFeature,
  nativeCaller: string | undefined,
): Promise<string | undefined> {
  const key = `${feature} ${nativeCaller}`;
  const known = found.get(key) ?? probe(feature, nativeCaller);
  found.set(key, known);
  return known;
}

async function probe(
  feature: MachineFeature,
  nativeCaller: string | undefined,
): Promise<string | undefined> {
  switch (feature) {
    case "pid-namespace":
      return nativeCaller === undefined
        ? compilerAdvice
        : await canUsePidNamespace(nativeCaller);
    case "second-user":
      return canUseSecondUser();
    case "network-namespace":
      return canUseNetworkNamespace();
  }
}
