// SPDX-License-Identifier: Apache-2.0
import { OwnerReason, Policy, policy } from "@assent/protocol/owner";
import { type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { Accounts } from "../account/accounts.ts";
import type { Connection } from "../channel/connection.ts";
import type { Clock } from "../session/clock.ts";
import { kFlight } from "./gateway.ts";
import { ownerRefusal } from "./refusal.ts";
import { zeroBytes } from "./zero-bytes.ts";

const idleMs = 600_000;

/** Who may call what on the owner channel (decisions 3). All of it hangs on the connection. */
export interface OwnerAccess {
  /** Some account's credential was right on this connection, or we started what is at its other end. */
  isTrusted(connection: Connection): boolean;
  /** The other end is a surface that we started ourselves. */
  trust(connection: Connection): void;
  /** An account's credential was right on this connection. */
  authenticate(connection: Connection, accountId: string): void;
  /** Within ten idle minutes; counts as use. */
  isAuthenticated(connection: Connection, accountId: string): boolean;
  /** The methods of a service, each behind the policy that its schema states. */
  guard<S extends DescService>(
    service: S,
    implementation: ServiceImpl<S>,
  ): ServiceImpl<S>;
}

/** Milliseconds without a call that needs it after which authentication ends. */
export const authenticationIdleMs: number = idleMs;

/** Create the judge of one owner channel. */
export function createOwnerAccess(
  accounts: Accounts,
  clock: Clock,
): OwnerAccess {
  const trusted = new WeakSet<Connection>();
  const lastUse = new WeakMap<Connection, Map<string, number>>();

  const access: OwnerAccess = {
    isTrusted: (connection) => trusted.has(connection),
    trust: (connection) => void trusted.add(connection),
    authenticate(connection, accountId) {
      trusted.add(connection);
      const uses = lastUse.get(connection) ?? new Map<string, number>();
      uses.set(accountId, clock.bootMs());
      lastUse.set(connection, uses);
    },
    isAuthenticated(connection, accountId) {
      const uses = lastUse.get(connection);
      const last = uses?.get(accountId);
      const now = clock.bootMs();
      if (uses === undefined || last === undefined || now - last >= idleMs) {
        uses?.delete(accountId);
        return false;
      }
      uses.set(accountId, now);
      return true;
    },
    guard(service, implementation) {
      const guarded: Record<string, unknown> = {};
      for (const method of service.methods) {
        if (!hasOption(method, policy)) {
          throw new TypeError(`${method.toString()} states no policy`);
        }
        const stated = getOption(method, policy);
        const run = (implementation as Record<string, unknown>)[
          method.localName
        ] as (request: object, context: HandlerContext) => unknown;
        guarded[method.localName] = (
          request: object,
          context: HandlerContext,
        ) => {
          context.values.get(kFlight)?.defer(() => zeroBytes(request));
          judge(stated, request, connectionOf(context));
          return run(request, context);
        };
      }
      return guarded as ServiceImpl<typeof service>;
    },
  };

  function judge(
    stated: Policy,
    request: object,
    connection: Connection,
  ): void {
    switch (stated) {
      case Policy.ANYONE:
      // The method itself checks the credential that its message holds.
      case Policy.CREDENTIAL:
        return;
      case Policy.TRUSTED:
        if (trusted.has(connection)) return;
        break;
      case Policy.AUTHENTICATED: {
        // With a credential in the call nothing else is needed.
        if ("credential" in request && request.credential) return;
        const named = (request as { account?: string }).account ?? "";
        const account = accounts.find(named);
        if (account && access.isAuthenticated(connection, account.id)) return;
        break;
      }
    }
    throw ownerRefusal(OwnerReason.CREDENTIAL_REQUIRED);
  }
  return access;
}

/** The connection a call came in on. */
export function connectionOf(context: HandlerContext): Connection {
  const flight = context.values.get(kFlight);
  if (flight === undefined) throw ownerRefusal(OwnerReason.INTERNAL);
  return flight.connection;
}
