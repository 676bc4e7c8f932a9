// SPDX-License-Identifier: Apache-2.0
import { makeSafe, passwordAdvice } from "@assent/wording";
import type { Command } from "commander";
import { createSecretInput } from "../credential.ts";
import { type Io, writeLine } from "../io.ts";
import {
  takesCredential,
  takesHome,
  takesJson,
  withExamples,
} from "../options.ts";
import { type JsonOptions, writeJson, writeTable } from "../output.ts";
import { connectOwner } from "../owner/owner-client.ts";
import {
  type AccountOptions,
  type Authenticated,
  type HomeOptions,
  pickAccount,
  withCredential,
  withOwner,
} from "../owner/session.ts";
import { findPlacesForCredential } from "../places.ts";
import { addBackupCommands } from "./account-backup.ts";
import { accountJson, accountState } from "./status.ts";

/** `assent account`: accounts, and what opens them. */
export function addAccountCommands(program: Command, io: Io): void {
  const account = program
    .command("account")
    .description("your accounts, and what opens them");
  withExamples(
    takesCredential(
      account
        .command("create")
        .argument("<name>", "what you will see in prompts")
        .description(
          "make an account; if you have one already, with its password",
        ),
    ),
    "assent account create Personal",
    'printf \'%s\\n\' "$OLD" "$NEW" | assent account create Work --account Personal --password-stdin',
  ).action((name: string, options: AccountOptions) =>
    createAccount(io, name, options),
  );
  withExamples(
    takesJson(
      takesHome(account.command("list").description("names and lock states")),
    ),
    "assent account list --json",
  ).action((options: HomeOptions & JsonOptions) => listAccounts(io, options));
  withExamples(
    takesCredential(
      account
        .command("rename")
        .argument("<name>", "the new name")
        .description("give an account another name"),
    ),
    "assent account rename Home --account Personal",
  ).action((name: string, options: AccountOptions) =>
    withCredential(io, options, async (session) => {
      await session.owner.accounts.renameAccount({
        credential: session.credential,
        name,
      });
      await say(io, session, `is called ${makeSafe(name)} now`);
    }),
  );
  withExamples(
    takesCredential(
      account
        .command("remove")
        .description("delete an account and all that is in it, for good"),
    ),
    "assent account remove --account Old",
  ).action((options: AccountOptions) =>
    withCredential(
      io,
      options,
      async (session) => {
        const { owner, credential } = session;
        await owner.accounts.removeAccount({ credential });
        await say(io, session, "and all that was in it are gone");
      },
      (name) =>
        `Account password for ${makeSafe(name)}, to delete it and all that is in it`,
    ),
  );
  withExamples(
    takesHome(
      account
        .command("lock")
        .argument("[name]", "name or id; by default the only one")
        .description("lock an account: ends all access to it at once"),
    ),
    "assent account lock Personal",
  ).action((name: string | undefined, options: HomeOptions) =>
    withOwner(io, options, async (owner) => {
      const account = await pickAccount(owner, name);
      await owner.accounts.lockAccount({ account: account.id });
      await writeLine(io.stdout, `${makeSafe(account.name)} is locked.`);
    }),
  );
  withExamples(
    takesCredential(
      account.command("unlock").description("unlock an account by hand"),
    ),
    "assent account unlock --account Personal",
  ).action((options: AccountOptions) =>
    withCredential(io, options, async (session) => {
      const { owner, credential } = session;
      await owner.accounts.unlockAccount({ credential });
      await say(io, session, "is unlocked until it is idle, or you lock it");
    }),
  );
  withExamples(
    takesCredential(
      account
        .command("passwd")
        .option(
          "--recovery-code",
          "give the recovery code instead of the present password",
        )
        .description("change the password of an account"),
    ),
    "assent account passwd",
    "assent account passwd --recovery-code",
  ).action((options: AccountOptions & { recoveryCode?: boolean }) =>
    changePassword(io, options),
  );
  withExamples(
    takesCredential(
      account
        .command("recovery-code")
        .description("make a recovery code; it replaces the one before"),
    ),
    "assent account recovery-code",
  ).action((options: AccountOptions) => makeRecoveryCode(io, options));
  addBackupCommands(account, io);
}

function say(io: Io, { account }: Authenticated, what: string): Promise<void> {
  return writeLine(io.stdout, `${makeSafe(account.name)} ${what}.`);
}

async function listAccounts(
  io: Io,
  options: HomeOptions & JsonOptions,
): Promise<void> {
  const { accounts } = await withOwner(io, options, (owner) =>
    owner.accounts.listAccounts({}),
  );
  if (options.json) return writeJson(io, accounts.map(accountJson));
  if (accounts.length === 0) {
    return writeLine(
      io.stdout,
      "No account yet. Create one with: assent account create Personal",
    );
  }
  await writeTable(
    io,
    accounts.map((account) => [
      makeSafe(account.name),
      accountState(account),
      account.id,
    ]),
  );
}

// The first account needs no credential of another: there is none.
async function createAccount(
  io: Io,
  name: string,
  options: AccountOptions,
): Promise<void> {
  const { ownerSocket } = await findPlacesForCredential(io, options.home);
  const secrets = createSecretInput(io, options);
  const owner = await connectOwner(ownerSocket, io.userId);
  const used: Uint8Array[] = [];
  const keep = (bytes: Uint8Array) => {
    used.push(bytes);
    return bytes;
  };
  try {
    const { accounts } = await owner.accounts.listAccounts({});
    const first = accounts.length === 0;
    const existing = first
      ? undefined
      : await pickAccount(owner, options.account);
    const credential = existing && {
      account: existing.id,
      proof: {
        case: "password" as const,
        value: keep(
          await secrets.password(
            `Account password for ${makeSafe(existing.name)}, which you have already`,
          ),
        ),
      },
    };
    const password = keep(
      await secrets.newPassword(`New password for ${makeSafe(name)}`),
    );
    const advice = passwordAdvice(password);
    await owner.accounts.createAccount({
      name,
      password,
      ...(credential === undefined ? {} : { credential }),
    });
    await writeLine(io.stdout, `${makeSafe(name)} is created, and locked.`);
    if (advice !== undefined) await writeLine(io.stderr, advice);
    if (first) {
      await writeLine(
        io.stdout,
        "Keep a way back in with: assent account recovery-code\nLet programs ask you with: assent integration on",
      );
    }
  } finally {
    for (const bytes of used) bytes.fill(0);
    owner.close();
  }
}

async function changePassword(
  io: Io,
  options: AccountOptions & { recoveryCode?: boolean },
): Promise<void> {
  await withCredential(
    io,
    options,
    async (session) => {
      const { owner, account, secrets, credential } = session;
      const newPassword = await secrets.newPassword(
        `New password for ${makeSafe(account.name)}`,
      );
      try {
        const advice = passwordAdvice(newPassword);
        await owner.accounts.changePassword({
          credential: options.recoveryCode
            ? {
                account: account.id,
                proof: { case: "recoveryCode", value: session.secret },
              }
            : credential,
          newPassword,
        });
        await say(io, session, "has a new password");
        if (advice !== undefined) await writeLine(io.stderr, advice);
      } finally {
        newPassword.fill(0);
      }
    },
    options.recoveryCode
      ? (name) => `Recovery code for ${makeSafe(name)}`
      : undefined,
  );
}

async function makeRecoveryCode(
  io: Io,
  options: AccountOptions,
): Promise<void> {
  await withCredential(io, options, async ({ owner, account, credential }) => {
    const { recoveryCode } = await owner.accounts.addRecoveryCode({
      credential,
    });
    await writeLine(
      io.stderr,
      `The recovery code opens ${makeSafe(account.name)} without its password, with: assent account passwd --recovery-code\nWrite it down, and keep it where nobody else looks. It is shown only now.`,
    );
    await writeLine(io.stdout, new TextDecoder().decode(recoveryCode));
    recoveryCode.fill(0);
  });
}
