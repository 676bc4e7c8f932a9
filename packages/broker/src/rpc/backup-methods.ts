// SPDX-License-Identifier: Apache-2.0
import { isAbsolute } from "node:path";
import {
  type AccountService,
  BackUpAccountResponseSchema,
  type Credential,
  ListBackupsResponseSchema,
  OwnerReason,
  type RestoreAccountRequest,
  RestoreAccountResponseSchema,
} from "@assent/protocol/owner";
import { makeSafe } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { Accounts, VerifiedCredential } from "../account/accounts.ts";
import { isId } from "../crypto/id.ts";
import { lockAccount } from "./endings.ts";
import { connectionOf, type OwnerAccess } from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import { accountRef } from "./prompt-body.ts";
import { ownerRefusal } from "./refusal.ts";

type BackupMethods = Pick<
  ServiceImpl<typeof AccountService>,
  "listBackups" | "backUpAccount" | "restoreAccount"
>;

/** Backups of accounts: those the broker makes, copies, and putting one back. */
export function createBackupMethods(
  parts: BrokerParts,
  access: OwnerAccess,
  check: (
    credential: Credential | undefined,
    context: HandlerContext,
  ) => Promise<VerifiedCredential>,
): BackupMethods {
  const { accounts, recorder, credentials } = parts;
  return {
    listBackups(request) {
      const accountId = accounts.find(request.account)?.id ?? request.account;
      if (!isId(accountId)) throw ownerRefusal(OwnerReason.NOT_FOUND);
      return create(ListBackupsResponseSchema, {
        backups: accounts.backups(accountId).map(({ name, atMs, size }) => ({
          name,
          createdAt: timestampFromMs(atMs),
          size: BigInt(size),
        })),
      });
    },
    async backUpAccount(request, context) {
      using credential = await check(request.credential, context);
      const { accountId } = credential;
      if (request.path === "") accounts.backUp(accountId);
      else accounts.backUp(accountId, absolute(request.path));
      recorder.note(accountId, { kind: "account-copied" });
      return create(BackUpAccountResponseSchema);
    },
    async restoreAccount(request, context) {
      // Copies: the bytes of a call are zeroed when it ends, cancelled too.
      const opening = copyOf(request.backupCredential ?? request.credential);
      try {
        const { signal } = context;
        // Before anything is copied: without this, anything could plant an
        // account and approve with it (T41).
        const isFirst = accounts.list().every(({ problem }) => problem);
        using authority = isFirst
          ? undefined
          : await check(request.credential, context);
        using staged = accounts.stageBackup(sourceOf(request, accounts));
        if (
          accounts.restoreAuthority(staged) === "own" &&
          authority?.accountId !== staged.accountId
        ) {
          throw ownerRefusal(OwnerReason.INVALID, {
            message: `The backup is of ${makeSafe(staged.name)}, which is here and can be used. Give its own password.`,
          });
        }
        const isTrusted = access.isTrusted(connectionOf(context));
        await credentials.checkAgainst(opening, isTrusted, (proof) =>
          accounts.openBackup(staged, proof, signal),
        );
        signal.throwIfAborted();
        const { accountId } = staged;
        recorder.require(accountId, { kind: "account-restored" });
        const account = accounts.restore(staged, authority, () =>
          lockAccount(parts, accountId, "restore"),
        );
        return create(RestoreAccountResponseSchema, {
          account: accountRef(account),
        });
      } finally {
        opening?.proof.value?.fill(0);
      }
    },
  };
}

function sourceOf({ source }: RestoreAccountRequest, accounts: Accounts) {
  switch (source.case) {
    case "backup":
      return { kind: "own", name: source.value } as const;
    case "path":
      return { kind: "file", path: absolute(source.value) } as const;
    case "present": {
      const accountId = accounts.find(source.value)?.id;
      if (accountId === undefined) throw ownerRefusal(OwnerReason.NOT_FOUND);
      return { kind: "present", accountId } as const;
    }
    default:
      throw ownerRefusal(OwnerReason.INVALID, {
        message: "Say which backup is to be restored.",
      });
  }
}

function absolute(path: string): string {
  if (isAbsolute(path) && !path.includes("\0")) return path;
  throw ownerRefusal(OwnerReason.INVALID, {
    message: "The path of a backup is absolute.",
  });
}

function copyOf(credential: Credential | undefined): Credential | undefined {
  const { proof } = credential ?? {};
  if (credential === undefined || proof?.case === undefined) return undefined;
  return { ...credential, proof: { ...proof, value: proof.value.slice() } };
}
