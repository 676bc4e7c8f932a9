// SPDX-License-Identifier: Apache-2.0
import type { AccountRef } from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import type { Command } from "commander";
import { type Io, writeLine } from "../io.ts";
import { takesHome, takesJson, withExamples } from "../options.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { type HomeOptions, withOwner } from "../owner/session.ts";

/** `assent status`: what runs, and what to do next. */
export function addStatusCommand(program: Command, io: Io): void {
  withExamples(
    takesJson(
      takesHome(
        program
          .command("status")
          .description("whether the broker runs, and what to do next"),
      ),
    ),
    "assent status",
    "assent status --json",
  ).action((options: HomeOptions & JsonOptions) => showStatus(io, options));
}

async function showStatus(
  io: Io,
  options: HomeOptions & JsonOptions,
): Promise<void> {
  const { status, accounts } = await withOwner(io, options, async (owner) => ({
    status: await owner.settings.getSettings({}),
    ...(await owner.accounts.listAccounts({})),
  }));
  const isOn = status.settings?.integrationEnabled === true;
  const opensPage = status.settings?.webSurface === true;
  if (options.json) {
    return writeJson(io, {
      version: status.brokerVersion,
      pid: status.brokerPid,
      integration: isOn,
      page: opensPage,
      accounts: accounts.map(accountJson),
    });
  }
  await writeLine(
    io.stdout,
    `Assent ${makeSafe(status.brokerVersion)} is running (process ${status.brokerPid}).`,
  );
  await writeLine(
    io.stdout,
    isOn
      ? "The integration is on: programs can ask for access."
      : "The integration is off: programs cannot ask for anything.",
  );
  if (!opensPage) {
    await writeLine(
      io.stdout,
      "Requests open no page. Have them open one with: assent page on",
    );
  }
  await writeTable(
    io,
    accounts.map((account) => [
      `  ${makeSafe(account.name)}`,
      accountState(account),
    ]),
  );
  await writeLine(io.stdout, nextStep(accounts.length > 0, isOn));
}

function nextStep(hasAccount: boolean, isOn: boolean): string {
  if (!hasAccount) {
    return "Next: create your account with: assent account create Personal";
  }
  return isOn
    ? "Answer requests with: assent watch"
    : "Next: let programs ask you with: assent integration on";
}

/** Whether an account is locked, or why it cannot be used; safe to show. */
export function accountState({ locked, problem }: AccountRef): string {
  if (problem !== "") return `cannot be used: ${makeSafe(problem)}`;
  return locked ? "locked" : "unlocked";
}

/** An account, for programs. */
export function accountJson(account: AccountRef): object {
  const { id, name, locked, problem } = account;
  return { id, name, locked, ...(problem === "" ? {} : { problem }) };
}
