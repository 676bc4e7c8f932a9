// SPDX-License-Identifier: Apache-2.0
import {
  type Operation,
  Reason,
  type Result,
  ResultSchema,
} from "@assent/protocol";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Grant } from "../session/sessions.ts";
import type { IndexedAccountStore } from "../vault/indexed-store.ts";
import { StoreError } from "../vault/store.ts";
import {
  getItems,
  listItems,
  putItems,
  removeItems,
} from "./item-operations.ts";
import { refusal } from "./refusal.ts";
import { resolveSecrets } from "./resolve-operation.ts";
import { deleteVault, listVaults, putVault } from "./vault-operations.ts";

/** What an operation is done with. */
export interface OperationContext {
  readonly store: IndexedAccountStore;
  /** Live grants of the caller, each judged alone (SES-017). */
  readonly grants: readonly Grant[];
  readonly wallMs: number;
  /** Run when the answer has left: zeroes what was opened for it. */
  readonly defer: (cleanup: () => void) => void;
}

/** What came of it. */
export interface Ruling {
  readonly result: MessageInitShape<typeof ResultSchema>["result"];
  /** Grants that covered some of it: the Request was activity of these (EXP-002). */
  readonly used: Iterable<Grant>;
  /** For the log: what was touched, by name, already safe; never a value. */
  readonly touched: readonly string[];
}

/**
 * Do one operation within the grants. Synchronous: what is judged and what is
 * done are one step. What no grant covers is OUT_OF_SCOPE, existing or not
 * (SES-010).
 *
 * @throws ConnectError with the Reason the program is told
 */
export function operate(
  operation: Operation | undefined,
  context: OperationContext,
): { readonly result: Result; readonly ruling: Ruling } {
  try {
    const ruling = run(operation, context);
    return {
      result: create(ResultSchema, {
        result: ruling.result ?? { case: undefined },
      }),
      ruling,
    };
  } catch (error) {
    throw error instanceof StoreError ? storeRefusal(error) : error;
  }
}

function run(holder: Operation | undefined, context: OperationContext): Ruling {
  const operation = holder?.operation;
  switch (operation?.case) {
    case "resolveSecrets":
      return resolveSecrets(operation.value, context);
    case "listVaults":
      return listVaults(context);
    case "putVault":
      return putVault(operation.value, context);
    case "deleteVault":
      return deleteVault(operation.value, context);
    case "listItems":
      return listItems(operation.value, context);
    case "getItems":
      return getItems(operation.value, context);
    case "putItems":
      return putItems(operation.value, context);
    case "removeItems":
      return removeItems(operation.value, context);
    case "readFile":
    case "putFile":
    case "deleteFile":
      throw new ConnectError("files are not served yet", Code.Unimplemented);
    default:
      throw refusal(Reason.INVALID);
  }
}

const storeReasons: Readonly<Record<StoreError["failure"], Reason>> = {
  "not-found": Reason.NOT_FOUND,
  conflict: Reason.CONFLICT,
  invalid: Reason.INVALID,
  storage: Reason.STORAGE_FAILED,
  corrupt: Reason.STORAGE_FAILED,
  locked: Reason.ACCOUNT_LOCKED,
};

/** A failure of the store, as a program is told of it. */
export function storeRefusal(error: StoreError): ConnectError {
  return refusal(storeReasons[error.failure]);
}
