// SPDX-License-Identifier: Apache-2.0
import { AssentError, createClient, type Secret } from "@assent/sdk-node";
import { makeSafe } from "@assent/wording";
import { CommandError, exitCodes, usageError } from "./exit.ts";
import { type Io, writeLine } from "./io.ts";
import type { HomeOptions } from "./owner/session.ts";
import { findPlaces } from "./places.ts";
import { fromSdk } from "./program-failure.ts";

/** Options of a command that asks as any program asks. */
export interface AskOptions extends HomeOptions {
  readonly account?: string;
}

/** What a command says of itself when it asks. */
export interface AskedFor {
  /** The command: "assent read". */
  readonly name: string;
  /** What for, 200 characters at most. */
  readonly purpose?: string;
}

/** Values by reference; zeroed when disposed of. */
export interface ApprovedSecrets extends Disposable {
  readonly values: ReadonlyMap<string, Secret>;
}

/**
 * Ask for these references and nothing else, in one prompt; take each value
 * once, in one Request; and give the access up. The approval is for our own
 * command line, and whoever started it gets what comes of it (T45).
 *
 * @throws CommandError when any of them has no value
 */
export async function askForSecrets(
  io: Io,
  options: AskOptions,
  references: readonly string[],
  { name, purpose = "" }: AskedFor,
): Promise<ApprovedSecrets> {
  const { brokerSocket } = findPlaces(io, options.home);
  await using client = createClient({
    endpoint: brokerSocket,
    scope: { references },
    integrationName: name,
    purpose,
    onWaiting: () => {
      const line = "assent: waiting for you to approve, as with: assent watch";
      void writeLine(io.stderr, line).catch(() => {});
    },
    ...(options.account === undefined ? {} : { account: options.account }),
  });
  const outcomes = await client.secrets
    .resolveAll(references)
    .catch((error: unknown) => {
      throw isOutside(error) ? notFound(references) : error;
    });
  const values = new Map<string, Secret>();
  const release = () => {
    for (const secret of values.values()) secret[Symbol.dispose]();
  };
  const failed: CommandError[] = [];
  for (const [reference, { secret, error }] of outcomes) {
    if (secret !== undefined) values.set(reference, secret);
    else failed.push(isOutside(error) ? notFound([reference]) : fromSdk(error));
  }
  try {
    await client.revoke();
    if (failed.length > 0) throw together(failed);
  } catch (error) {
    release();
    throw error;
  }
  return { values, [Symbol.dispose]: release };
}

function isOutside(error: unknown): boolean {
  return error instanceof AssentError && error.code === "out-of-scope";
}

// Exactly this was asked for: what is outside was not there when it was
// approved, or was taken out of the approval.
function notFound(references: readonly string[]): CommandError {
  return together(
    references.map(
      (reference) =>
        new CommandError(
          exitCodes.notFound,
          `${makeSafe(reference)}: nothing of that name was found, or you approved less than was asked for.`,
        ),
    ),
  );
}

function together(failures: readonly CommandError[]): CommandError {
  return new CommandError(
    failures[0]?.exitCode ?? exitCodes.failed,
    failures.map(({ message }) => message).join("\n  "),
  );
}

/** A value as text. @throws CommandError when it is not UTF-8 */
export function textOf(secret: Secret, what: string): string {
  try {
    return secret.reveal();
  } catch {
    throw new CommandError(
      exitCodes.failed,
      `${makeSafe(what)} is not text, so it can only be written as it is.`,
      "Write it to a file with: assent read REFERENCE --out FILE",
    );
  }
}

/** More references than one prompt can show are none. @throws CommandError */
export function tooMany(count: number, most: number): CommandError {
  return usageError(
    `${count} references are more than one request can hold (${most}).`,
  );
}
