// SPDX-License-Identifier: Apache-2.0
import { type AccountRef, OwnerReason } from "@assent/protocol/owner";
import {
  approvedText,
  describePrompt,
  makeSafe,
  type Narrowing,
  NarrowingError,
  narrow,
  ownerReasonText,
} from "@assent/wording";
import type { Command } from "commander";
import { CommandError, exitCodes, usageError } from "../exit.ts";
import { ownerReasonOf, toCommandError } from "../failure.ts";
import { type Io, writeLine } from "../io.ts";
import {
  collect,
  positive,
  takesCredential,
  withExamples,
} from "../options.ts";
import { approvePrompt } from "../owner/approval.ts";
import type { OwnerClient } from "../owner/owner-client.ts";
import { type AccountOptions, withTrust } from "../owner/session.ts";
import {
  digestText,
  readPrompt,
  type WaitingPrompt,
} from "../owner/waiting-prompt.ts";

interface ApproveOptions extends AccountOptions {
  readonly digest: string;
  readonly readOnly?: boolean;
  readonly vault?: string[];
  readonly minutes?: number;
}

/** `assent approve`: approve exactly what `assent prompts` showed. */
export function addApproveCommand(program: Command, io: Io): void {
  withExamples(
    takesCredential(
      program
        .command("approve")
        .argument("<id>", "of the prompt, as assent prompts tells it")
        .requiredOption(
          "--digest <hex>",
          "of what you saw, as assent prompts tells it",
        )
        .option("--read-only", "reading only")
        .option("--vault <name>", "this vault only; may be repeated", collect)
        .option("--minutes <number>", "end after this long idle", positive)
        .description("approve a request, as asked or narrower"),
    ),
    "assent approve ID --digest DIGEST --read-only --minutes 5",
    "assent approve ID --digest DIGEST --vault Dev --password-stdin < password",
  ).action((id: string, options: ApproveOptions) => approve(io, id, options));
}

async function approve(
  io: Io,
  id: string,
  options: ApproveOptions,
): Promise<void> {
  await withTrust(io, options, async ({ owner, account, secret }) => {
    const watching = new AbortController();
    try {
      const prompt = await findPrompt(owner, id, watching.signal);
      checkDigest(prompt, options.digest);
      checkAccount(prompt, account);
      const { problem } = describePrompt(prompt.body, { account });
      if (problem !== undefined) {
        throw new CommandError(exitCodes.notApproved, problem);
      }
      const terms = narrowOrExplain(prompt, {
        ...options,
        only: options.vault,
      });
      const { grant, notFound } = await approvePrompt(
        owner,
        prompt,
        account.id,
        terms,
        secret,
      );
      const name = prompt.body.process?.name ?? "The program";
      await writeLine(
        io.stdout,
        approvedText(name, grant?.accountName ?? account.name, notFound),
      );
    } catch (error) {
      throw withTriesLeft(error);
    } finally {
      watching.abort();
    }
  });
}

/** The pending prompt of this id. @throws CommandError (5) when there is none */
async function findPrompt(
  owner: OwnerClient,
  id: string,
  signal: AbortSignal,
): Promise<WaitingPrompt> {
  const changes = owner.prompts.watchPrompts(
    { surface: "command" },
    { signal },
  );
  const first = await changes[Symbol.asyncIterator]().next();
  const found = first.done
    ? undefined
    : first.value.prompts.find((prompt) => prompt.id === id);
  if (found !== undefined) return readPrompt(found);
  throw new CommandError(
    exitCodes.notApproved,
    "There is no such prompt any more: it was answered, or it ended.",
    "See what is waiting with: assent prompts",
  );
}

function checkDigest(prompt: WaitingPrompt, seen: string): void {
  if (digestText(prompt.digest) === seen.toLowerCase()) return;
  throw new CommandError(
    exitCodes.notApproved,
    "What you saw is not what is asked now, so nothing was approved.",
    "Look at it again with: assent prompts",
  );
}

// The password that was given has to be the one of the account that is used.
function checkAccount(prompt: WaitingPrompt, given: AccountRef): void {
  const asked = prompt.body.account;
  if (asked !== undefined && asked.id !== given.id) {
    throw usageError(
      `The request is for ${makeSafe(asked.name)}, and the password is of ${makeSafe(given.name)}.`,
      `Use --account ${makeSafe(asked.name)}.`,
    );
  }
}

function narrowOrExplain(prompt: WaitingPrompt, narrowing: Narrowing) {
  try {
    return narrow(prompt.body, narrowing);
  } catch (error) {
    if (error instanceof NarrowingError) throw usageError(error.message);
    throw error;
  }
}

// Of a prompt it is told how many tries are left, or that there is none.
function withTriesLeft(error: unknown): CommandError {
  const owner = ownerReasonOf(error);
  const failure = toCommandError(error);
  return owner?.reason === OwnerReason.WRONG_CREDENTIAL
    ? new CommandError(failure.exitCode, ownerReasonText(owner))
    : failure;
}
