// SPDX-License-Identifier: Apache-2.0
import { createClient } from "@assent/sdk-node";
import type { Command } from "commander";
import { type Io, write, writeLine } from "../io.ts";
import { takesHome, withExamples } from "../options.ts";
import type { HomeOptions } from "../owner/session.ts";
import { findPlaces } from "../places.ts";

interface ReadOptions extends HomeOptions {
  readonly account?: string;
  readonly newline: boolean;
}

/** `assent read`: one secret, asked for as any program asks. */
export function addReadCommand(program: Command, io: Io): void {
  withExamples(
    takesHome(
      program
        .command("read")
        .argument("<reference>", "as in assent://Dev/GitHub/token")
        .option("--account <name>", "name or id; by default you choose")
        .option("-n, --no-newline", "write the value alone")
        .description("write one secret to the output, once you approved it"),
    ),
    "assent read assent://Dev/GitHub/token",
    "assent read -n 'assent://Dev/GitHub/code?attribute=otp'",
  ).action((reference: string, options: ReadOptions) =>
    readSecret(io, reference, options),
  );
}

/**
 * The approval is for this command, and whoever started it gets the value
 * (T45): so it covers the one reference, and one Request; then it is given up.
 */
async function readSecret(
  io: Io,
  reference: string,
  options: ReadOptions,
): Promise<void> {
  const { brokerSocket } = findPlaces(io, options.home);
  await using client = createClient({
    endpoint: brokerSocket,
    scope: { references: [reference] },
    integrationName: "assent read",
    onWaiting: () => {
      const line = "assent: waiting for you to approve, as with: assent watch";
      void writeLine(io.stderr, line).catch(() => {});
    },
    ...(options.account === undefined ? {} : { account: options.account }),
  });
  const value = await client.secrets.resolveBytes(reference);
  try {
    await client.revoke();
    await write(io.stdout, value);
    if (options.newline) await write(io.stdout, "\n");
  } finally {
    value.fill(0);
  }
}
