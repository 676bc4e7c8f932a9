// SPDX-License-Identifier: Apache-2.0
import { type Operation, type Result, ResultSchema } from "@assent/protocol";
import {
  BrowseResponseSchema,
  OperateResponseSchema,
  OwnerReason,
  type VaultService,
} from "@assent/protocol/owner";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { indexedStore } from "../vault/indexed-store.ts";
import type { AccountStore } from "../vault/store.ts";
import { newGrant } from "./authorize.ts";
import { checkOperation } from "./field-limits.ts";
import type { Flight } from "./flight.ts";
import { kFlight } from "./gateway.ts";
import { createItemReader } from "./item-reader.ts";
import { operate } from "./operation.ts";
import { connectionOf, type OwnerAccess } from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import { ownerRefusal } from "./refusal.ts";
import { touchedNames } from "./request-log.ts";

/**
 * A copy of the result that stands by itself: a store that was open for this
 * call alone is closed, and its items zeroed, before the answer is written.
 */
function detach(result: Result, flight: Flight | undefined): Result {
  const bytes = toBinary(ResultSchema, result);
  flight?.defer(() => bytes.fill(0));
  // What is read from binary are views of it: zeroed with it.
  return fromBinary(ResultSchema, bytes);
}

/** An answer with an account's data does not outlive its lock (LCK-002). */
function guardAnswer(
  parts: BrokerParts,
  flight: Flight,
  accountId: string,
): void {
  const generation = parts.accounts.generation(accountId);
  flight.accountId = accountId;
  flight.release = () =>
    parts.accounts.generation(accountId) === generation
      ? undefined
      : ownerRefusal(OwnerReason.ACCOUNT_LOCKED);
}

/** The owner's own work on an account: the operations of a program, under the owner's credential. */
export function createVaultService(
  parts: BrokerParts,
  access: OwnerAccess,
): ServiceImpl<typeof VaultService> {
  const run = (
    store: AccountStore,
    operation: Operation | undefined,
    context: HandlerContext,
  ): Result => {
    const flight = context.values.get(kFlight);
    if (flight !== undefined) guardAnswer(parts, flight, store.accountId);
    const now = parts.clock.bootMs();
    const scope = { write: true, extent: { kind: "every-vault" } } as const;
    const defer = (cleanup: () => void) => flight?.defer(cleanup);
    const log = (names: readonly string[]) =>
      parts.recorder.require(store.accountId, {
        kind: "owner-operation",
        operation: operation?.operation.case,
        ...touchedNames(names),
      });
    const { result, ruling } = operate(operation, {
      store: indexedStore(store),
      grants: [newGrant(scope, Number.POSITIVE_INFINITY, now)],
      wallMs: parts.clock.wallMs(),
      defer,
      reader: createItemReader(store, defer),
      uploads: parts.uploads.of(
        connectionOf(context).peer.number,
        store.accountId,
        true,
      ),
      cover: () => {},
      beforeChange: log,
    });
    if (ruling.touched !== undefined && !ruling.isPart) log(ruling.touched);
    parts.unlocks.used(store.accountId);
    // A change gives back what it was given, not what the store has open.
    return ruling.touched === undefined ? result : detach(result, flight);
  };
  return {
    async operate(request, context) {
      checkOperation(request.operation);
      using credential = await parts.credentials.check(
        request.credential,
        access.isTrusted(connectionOf(context)),
        context.signal,
      );
      const result = parts.accounts.withStore(credential, (store) =>
        run(store, request.operation, context),
      );
      return create(OperateResponseSchema, { result });
    },
    browse(request, context) {
      checkOperation(request.operation);
      const kind = request.operation?.operation.case;
      // Titles only: what discloses a value takes a credential.
      if (kind !== "listVaults" && kind !== "listItems") {
        throw ownerRefusal(OwnerReason.CREDENTIAL_REQUIRED);
      }
      const account = parts.accounts.find(request.account);
      const store =
        account === undefined ? undefined : parts.accounts.store(account.id);
      if (store === undefined) throw ownerRefusal(OwnerReason.ACCOUNT_LOCKED);
      const result = run(store, request.operation, context);
      return create(BrowseResponseSchema, { result });
    },
  };
}
