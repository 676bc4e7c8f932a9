// SPDX-License-Identifier: Apache-2.0
import { OwnerReason } from "@assent/protocol/owner";
import { ConnectError } from "@connectrpc/connect";
import { AccountError, type AccountFailure } from "../account/accounts.ts";
import { ActivityError } from "../activity/activity.ts";
import { SettingsError } from "../settings/settings.ts";
import { StoreError } from "../vault/store.ts";
import type { FaultReport } from "./fault.ts";
import { storeRefusal } from "./operation.ts";
import { ownerRefusal } from "./refusal.ts";

const reasons: Readonly<Record<AccountFailure, OwnerReason>> = {
  "not-found": OwnerReason.NOT_FOUND,
  "name-taken": OwnerReason.NAME_TAKEN,
  "invalid-name": OwnerReason.INVALID,
  "weak-password": OwnerReason.INVALID,
  locked: OwnerReason.ACCOUNT_LOCKED,
  storage: OwnerReason.STORAGE_FAILED,
  corrupt: OwnerReason.STORAGE_FAILED,
  "rolled-back": OwnerReason.STORAGE_FAILED,
  busy: OwnerReason.RETRY_LATER,
  unsupported: OwnerReason.STORAGE_FAILED,
  unsafe: OwnerReason.STORAGE_FAILED,
  "last-slot": OwnerReason.INVALID,
};

/**
 * Every failure of a part, as the owner is told of it: the owner may read our
 * own sentences, which name what to do and hold no secret. The one place where
 * they are translated.
 */
export function ownerFailure(
  error: unknown,
  onFault: FaultReport,
): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof StoreError) return storeRefusal(error);
  if (error instanceof AccountError) {
    return ownerRefusal(reasons[error.failure], { message: error.message });
  }
  if (error instanceof SettingsError || error instanceof ActivityError) {
    return ownerRefusal(OwnerReason.STORAGE_FAILED, { message: error.message });
  }
  onFault(error);
  return ownerRefusal(OwnerReason.INTERNAL);
}
