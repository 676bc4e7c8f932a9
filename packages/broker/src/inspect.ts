// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Places } from "@assent/protocol";
import { checkPlatform, createBinding, hasPeerPidfd } from "./peer/platform.ts";
import { openSettings } from "./settings/settings.ts";

/** What a broker would find if it started here; each text is one line for people. */
export interface Inspection {
  /** What the system lacks; undefined: nothing. */
  readonly platform: string | undefined;
  /** Whether the kernel pins who connects (SO_PEERPIDFD); without, identity is weaker. */
  readonly hasPeerPidfd: boolean;
  /** What is wrong with the settings; undefined: nothing. */
  readonly settings: string | undefined;
}

/** Look, and change nothing; never rejects. */
export async function inspect(places: Places): Promise<Inspection> {
  let isPinning = false;
  const platform = await wrongWith(async () => {
    const binding = await createBinding();
    await checkPlatform(binding);
    isPinning = await hasPeerPidfd(binding);
  });
  const settings = await wrongWith(async () => {
    openSettings(join(places.dataDirectory, "settings.json"));
  });
  return { platform, hasPeerPidfd: isPinning, settings };
}

async function wrongWith(
  step: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : "unknown";
  }
}
