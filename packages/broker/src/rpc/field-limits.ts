// SPDX-License-Identifier: Apache-2.0
import {
  type AuthorizeRequest,
  limits,
  type Operation,
  type PutFile,
  Reason,
  type RequestRequest,
  type RevokeRequest,
} from "@assent/protocol";
import { OwnerReason } from "@assent/protocol/owner";
import { ownerRefusal, refusal } from "./refusal.ts";

// The one place where the sizes of fields are judged. Everything longer or
// more than the protocol says is refused before it reaches anything else.

/** @throws ConnectError with REASON_INVALID */
export function checkAuthorize(request: AuthorizeRequest): void {
  checkAccount(request.account);
  atMost(request.integration?.name, limits.integrationNameLength);
  atMost(request.integration?.version, limits.integrationVersionLength);
  atMost(request.purpose, limits.purposeLength);
  const { interaction } = request;
  // A value we do not know could mean anything, so it means no.
  if (interaction < 0 || interaction > 2) throw refusal(Reason.INVALID);
}

/** @throws ConnectError with REASON_INVALID or REASON_LIMIT_EXCEEDED */
export function checkRequest(request: RequestRequest): void {
  checkAccount(request.account);
  checkOperation(request.operation);
}

/** @throws ConnectError with REASON_INVALID */
export function checkRevoke(request: RevokeRequest): void {
  checkAccount(request.account);
}

/** Also for the owner's own operations. @throws ConnectError with REASON_INVALID or REASON_LIMIT_EXCEEDED */
export function checkOperation(holder: Operation | undefined): void {
  const operation = holder?.operation;
  switch (operation?.case) {
    case undefined:
      throw refusal(Reason.INVALID);
    case "resolveSecrets":
      count(operation.value.references.length, limits.references);
      break;
    case "putVault":
      if (operation.value.vault === undefined) throw refusal(Reason.INVALID);
      atMost(operation.value.vault.name, limits.nameLength);
      atMost(operation.value.vault.description, limits.nameLength * 16);
      break;
    case "listItems":
      atMost(operation.value.vault, limits.nameLength);
      atMost(operation.value.pageToken, 1_024);
      break;
    case "getItems":
      count(operation.value.itemIds.length, limits.items);
      break;
    case "putItems":
      count(operation.value.items.length, limits.items);
      break;
    case "removeItems":
      count(operation.value.itemIds.length, limits.items);
      break;
    case "readFile":
      if (operation.value.length > limits.readFileBytes) {
        throw refusal(Reason.LIMIT_EXCEEDED);
      }
      break;
    case "putFile":
      checkPutFile(operation.value);
      break;
  }
}

function checkPutFile({ file, content }: PutFile): void {
  if (file === undefined) throw refusal(Reason.INVALID);
  atMost(file.name, limits.nameLength);
  atMost(file.id, limits.nameLength);
  atMost(file.sectionId, limits.nameLength);
  if (
    content.length > limits.putFileBytes ||
    file.size > BigInt(limits.fileBytes)
  ) {
    throw refusal(Reason.LIMIT_EXCEEDED);
  }
}

/** A password or a recovery code. @throws ConnectError with OWNER_REASON_INVALID */
export function checkSecret(secret: Uint8Array): void {
  if (secret.length > limits.passwordBytes) {
    throw ownerRefusal(OwnerReason.INVALID);
  }
}

function checkAccount(account: string): void {
  atMost(account, limits.accountLength);
}

function count(length: number, most: number): void {
  if (length === 0) throw refusal(Reason.INVALID);
  if (length > most) throw refusal(Reason.LIMIT_EXCEEDED);
}

function atMost(text: string | undefined, most: number): void {
  if (text !== undefined && text.length > most) throw refusal(Reason.INVALID);
}
