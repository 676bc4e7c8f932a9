// SPDX-License-Identifier: Apache-2.0
import {
  type Operation,
  Reason,
  type Result,
  ResultSchema,
} from "@assent/protocol";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ConnectError } from "@connectrpc/connect";
import type { Grant } from "../session/sessions.ts";
import type { IndexedAccountStore } from "../vault/indexed-store.ts";
import { StoreError } from "../vault/store.ts";
import { deleteFile, putFile, readFile } from "./file-operations.ts";
import { putItems, removeItems } from "./item-changes.ts";
import type { ItemReader } from "./item-reader.ts";
import { getItems, listItems } from "./item-reading.ts";
import { refusal } from "./refusal.ts";
import { resolveSecrets } from "./resolve-operation.ts";
import type { Sender } from "./uploads.ts";
import { deleteVault, listVaults, putVault } from "./vault-operations.ts";

/** What an operation is done with. */
export interface OperationContext {
  readonly store: IndexedAccountStore;
  /** Live grants of the caller, each judged alone (SES-017). */
  readonly grants: readonly Grant[];
  readonly wallMs: number;
  /** Run when the answer has left: zeroes what was opened for it. */
  readonly defer: (cleanup: () => void) => void;
  readonly reader: ItemReader;
  /** The caller's files that are not complete. */
  readonly uploads: Sender;
  /**
   * The grant covers something of what is asked: the Request is activity of
   * it, whatever comes of it (EXP-002, EXP-004).
   */
  readonly cover: (grant: Grant) => void;
  /**
   * Called once what is to be changed was judged, and before it is: what
   * cannot be written down is not done (decisions 11). Names as they are.
   * @throws ConnectError with REASON_STORAGE_FAILED
   */
  readonly beforeChange: (names: readonly string[]) => void;
}

/** What came of it. */
export interface Ruling {
  readonly result: MessageInitShape<typeof ResultSchema>["result"];
  /** For the log: what was read, by name, already safe; never a value. Undefined: it was a change, and is logged. */
  readonly touched: readonly string[] | undefined;
  /** A part of a file: nothing was read or changed, and the whole is logged when it is stored. */
  readonly isPart?: true;
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
      return readFile(operation.value, context);
    case "putFile":
      return putFile(operation.value, context);
    case "deleteFile":
      return deleteFile(operation.value, context);
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
  "rolled-back": Reason.STORAGE_FAILED,
  locked: Reason.ACCOUNT_LOCKED,
};

/** A failure of the store, as a program is told of it. */
export function storeRefusal(error: StoreError): ConnectError {
  return refusal(storeReasons[error.failure]);
}
