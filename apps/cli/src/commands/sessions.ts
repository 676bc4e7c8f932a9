// SPDX-License-Identifier: Apache-2.0
import { ScopeSchema } from "@assent/protocol";
import type { Session } from "@assent/protocol/owner";
import { clockText, describeScope, makeSafe } from "@assent/wording";
import { toJson } from "@bufbuild/protobuf";
import { durationMs, timestampDate } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { usageError } from "../exit.ts";
import { type Io, writeLine } from "../io.ts";
import {
  takesCredential,
  takesHome,
  takesJson,
  withExamples,
} from "../options.ts";
import { type JsonOptions, writeJson } from "../output.ts";
import {
  type AccountOptions,
  type HomeOptions,
  pickAccount,
  withOwner,
  withTrust,
} from "../owner/session.ts";

/** `assent sessions` and `assent revoke`: who has access now, and ending it. */
export function addSessionCommands(program: Command, io: Io): void {
  withExamples(
    takesJson(
      takesCredential(
        program
          .command("sessions")
          .description("programs that have access right now"),
      ),
    ),
    "assent sessions",
  ).action((options: AccountOptions & JsonOptions) =>
    listSessions(io, options),
  );
  withExamples(
    takesHome(
      program
        .command("revoke")
        .argument("[id]", "of one access, as assent sessions tells it")
        .option("--account <name>", "all access to this account")
        .option("--all", "all access")
        .description("end access at once; asks nothing"),
    ),
    "assent revoke --all",
    "assent revoke --account Personal",
  ).action((id: string | undefined, options: RevokeOptions) =>
    revoke(io, id, options),
  );
}

interface RevokeOptions extends HomeOptions {
  readonly account?: string;
  readonly all?: boolean;
}

async function revoke(
  io: Io,
  id: string | undefined,
  options: RevokeOptions,
): Promise<void> {
  const given = [id, options.account, options.all].filter(
    (one) => one !== undefined,
  );
  if (given.length !== 1) {
    throw usageError("Say what to end: an ID, --account NAME, or --all.");
  }
  await withOwner(io, options, async (owner) => {
    const { sessions } = owner;
    if (id !== undefined) {
      await sessions.revokeSessions({
        which: { case: "sessionId", value: id },
      });
      // How much there was is told to nobody without a password.
      return writeLine(io.stdout, "That access has ended, if there was any.");
    }
    if (options.account !== undefined) {
      const account = await pickAccount(owner, options.account);
      await sessions.revokeSessions({
        which: { case: "account", value: account.id },
      });
      const name = makeSafe(account.name);
      return writeLine(io.stdout, `All access to ${name} has ended.`);
    }
    await sessions.revokeSessions({ which: { case: "all", value: true } });
    return writeLine(io.stdout, "All access has ended.");
  });
}

async function listSessions(
  io: Io,
  options: AccountOptions & JsonOptions,
): Promise<void> {
  await withTrust(io, options, async ({ owner }) => {
    const { sessions } = await owner.sessions.listSessions({});
    if (options.json) return writeJson(io, sessions.map(sessionJson));
    if (sessions.length === 0) {
      return writeLine(io.stdout, "No program has access.");
    }
    for (const session of sessions) {
      await writeLine(io.stdout, describeSession(session).join("\n"));
    }
  });
}

function describeSession(session: Session): string[] {
  const { id, account, process, scopes, remaining } = session;
  const accountName = account?.name ?? "";
  const lines = scopes.flatMap(
    (scope) => describeScope(scope, accountName) ?? [],
  );
  return [
    `${makeSafe(process?.name ?? "")} can use ${makeSafe(accountName)}; ends in ${clockText(remaining ? durationMs(remaining) : 0)} if it is not used`,
    `  ${makeSafe(process?.path ?? "")}, process ${process?.pid ?? 0}`,
    ...lines.flatMap(({ text, details }) => [
      `  ${text}`,
      ...details.map((detail) => `    ${detail}`),
    ]),
    `  End it with: assent revoke ${makeSafe(id)}`,
  ];
}

function sessionJson(session: Session): object {
  const { id, account, process, scopes, remaining } = session;
  return {
    id,
    account: account && { id: account.id, name: account.name },
    program: process && {
      pid: process.pid,
      name: process.name,
      path: process.path,
    },
    scopes: scopes.map((scope) => toJson(ScopeSchema, scope)),
    remainingSeconds: remaining && durationMs(remaining) / 1000,
    grantedAt:
      session.grantedAt && timestampDate(session.grantedAt).toISOString(),
    lastUsedAt:
      session.lastUsedAt && timestampDate(session.lastUsedAt).toISOString(),
  };
}
