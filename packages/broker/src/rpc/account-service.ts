// SPDX-License-Identifier: Apache-2.0
import {
  type AccountService,
  AddRecoveryCodeResponseSchema,
  AuthenticateResponseSchema,
  ChangePasswordResponseSchema,
  CreateAccountResponseSchema,
  type Credential,
  KeySlotKind,
  ListAccountsResponseSchema,
  ListKeySlotsResponseSchema,
  LockAccountResponseSchema,
  OwnerReason,
  RemoveAccountResponseSchema,
  RemoveKeySlotResponseSchema,
  RenameAccountResponseSchema,
  UnlockAccountResponseSchema,
} from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { AccountInfo, VerifiedCredential } from "../account/accounts.ts";
import { createBackupMethods } from "./backup-methods.ts";
import { lockAccount } from "./endings.ts";
import { checkSecret } from "./field-limits.ts";
import { kFlight } from "./gateway.ts";
import {
  authenticationIdleMs,
  connectionOf,
  type OwnerAccess,
} from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import { accountRef } from "./prompt-body.ts";
import { ownerRefusal } from "./refusal.ts";

const slotKinds: Readonly<Record<string, KeySlotKind>> = {
  password: KeySlotKind.PASSWORD,
  "recovery-code": KeySlotKind.RECOVERY_CODE,
  passkey: KeySlotKind.PASSKEY,
};

/** The user's accounts, and what opens them. */
export function createAccountService(
  parts: BrokerParts,
  access: OwnerAccess,
): ServiceImpl<typeof AccountService> {
  const { accounts, recorder, unlocks } = parts;
  const check = (
    credential: Credential | undefined,
    context: HandlerContext,
  ): Promise<VerifiedCredential> =>
    parts.credentials.check(
      credential,
      access.isTrusted(connectionOf(context)),
      context.signal,
    );
  const named = (nameOrId: string): AccountInfo => {
    const account = accounts.find(nameOrId);
    if (account === undefined) throw ownerRefusal(OwnerReason.NOT_FOUND);
    return account;
  };
  return {
    ...createBackupMethods(parts, access, check),
    listAccounts: () =>
      create(ListAccountsResponseSchema, {
        accounts: accounts.list().map(accountRef),
      }),
    async authenticate(request, context) {
      using credential = await check(request.credential, context);
      access.authenticate(connectionOf(context), credential.accountId);
      recorder.note(credential.accountId, { kind: "authenticated" });
      return create(AuthenticateResponseSchema, {
        idleTimeout: durationFromMs(authenticationIdleMs),
      });
    },
    async createAccount(request, context) {
      // Without this, anything could plant an account and approve with it (T41).
      const isFirst = accounts.list().length === 0;
      if (!isFirst) {
        (await check(request.credential, context))[Symbol.dispose]();
      }
      checkSecret(request.password);
      // A copy: the bytes of a call are zeroed when it ends, cancelled too.
      const password = request.password.slice();
      const { signal } = context;
      const account = await accounts.create(request.name, password, {
        onlyIfFirst: isFirst,
        signal,
      });
      recorder.note(account.id, { kind: "account-created" });
      return create(CreateAccountResponseSchema, {
        account: accountRef(account),
      });
    },
    async renameAccount(request, context) {
      using credential = await check(request.credential, context);
      const { accountId } = credential;
      accounts.withStore(credential, () =>
        accounts.rename(accountId, request.name),
      );
      recorder.note(accountId, { kind: "account-renamed" });
      return create(RenameAccountResponseSchema);
    },
    async removeAccount(request, context) {
      using credential = await check(request.credential, context);
      const { accountId } = credential;
      const name = accounts.find(accountId)?.name;
      lockAccount(parts, accountId, "removal");
      accounts.remove(accountId);
      recorder.note(undefined, { kind: "account-removed", account: name });
      parts.removeLog(accountId);
      return create(RemoveAccountResponseSchema);
    },
    lockAccount(request, context) {
      const { peer } = connectionOf(context);
      const targets =
        request.account === "" ? accounts.list() : [named(request.account)];
      for (const { id } of targets) {
        lockAccount(parts, id, `process ${peer.pid}`);
      }
      return create(LockAccountResponseSchema);
    },
    async unlockAccount(request, context) {
      using credential = await check(request.credential, context);
      recorder.require(credential.accountId, {
        kind: "account-unlocked",
        by: "hand",
      });
      accounts.unlock(credential);
      unlocks.byHand(credential.accountId);
      return create(UnlockAccountResponseSchema);
    },
    async changePassword(request, context) {
      using credential = await check(request.credential, context);
      const { accountId } = credential;
      checkSecret(request.newPassword);
      const password = request.newPassword.slice();
      await accounts.changePassword(credential, password, context.signal);
      recorder.note(accountId, { kind: "password-changed" });
      return create(ChangePasswordResponseSchema);
    },
    listKeySlots: (request) =>
      create(ListKeySlotsResponseSchema, {
        slots: named(request.account).slots.map((slot) => ({
          id: slot.id,
          kind: slotKinds[slot.kind] ?? KeySlotKind.UNSPECIFIED,
          label: slot.label,
        })),
      }),
    async addRecoveryCode(request, context) {
      using credential = await check(request.credential, context);
      const { accountId } = credential;
      const recoveryCode = accounts.addRecoveryCode(credential);
      // Shown once: gone from here when the answer has left.
      context.values.get(kFlight)?.defer(() => recoveryCode.fill(0));
      recorder.note(accountId, { kind: "slot-added" });
      return create(AddRecoveryCodeResponseSchema, { recoveryCode });
    },
    async removeKeySlot(request, context) {
      using credential = await check(request.credential, context);
      const { accountId } = credential;
      accounts.removeSlot(credential, request.slotId);
      recorder.note(accountId, { kind: "slot-removed" });
      return create(RemoveKeySlotResponseSchema);
    },
  };
}
