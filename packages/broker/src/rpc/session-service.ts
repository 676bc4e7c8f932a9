// SPDX-License-Identifier: Apache-2.0
import {
  ListSessionsResponseSchema,
  OwnerReason,
  ProcessSchema,
  RevokeSessionsResponseSchema,
  type SessionService,
} from "@assent/protocol/owner";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { endsAtMs, type Session } from "../session/sessions.ts";
import { connectionOf, type OwnerAccess } from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import { accountRef } from "./prompt-body.ts";
import { ownerRefusal } from "./refusal.ts";
import { boundToSchema } from "./scope-terms.ts";

/** Who has access now. */
export function createSessionService(
  parts: BrokerParts,
  access: OwnerAccess,
): ServiceImpl<typeof SessionService> {
  const { sessions } = parts;
  return {
    listSessions() {
      sessions.sweep(parts.clock.bootMs());
      const live = sessions
        .all()
        .sort((one, other) => lastUseMs(other) - lastUseMs(one));
      return create(ListSessionsResponseSchema, {
        sessions: live.map((session) => describe(parts, session)),
      });
    },
    revokeSessions(request, context) {
      const { which } = request;
      const ending = sessions.all().filter((session) => {
        switch (which.case) {
          case "sessionId":
            return session.id === which.value;
          case "account":
            return session.accountId === parts.accounts.find(which.value)?.id;
          case "all":
            return which.value;
          default:
            return false;
        }
      });
      if (which.case === undefined) throw ownerRefusal(OwnerReason.INVALID);
      // Only who may list sessions is told whether one exists.
      const trusted = access.isTrusted(connectionOf(context));
      if (which.case === "sessionId" && ending.length === 0 && trusted) {
        throw ownerRefusal(OwnerReason.NOT_FOUND);
      }
      for (const session of ending) sessions.end(session, "revoked-by-user");
      parts.flights.cut((flight) =>
        ending.some(
          (session) =>
            session.process === flight.connection.peer.number &&
            session.accountId === flight.accountId,
        ),
      );
      // Whoever asks, access ends; how much there was is told to the owner.
      const count = trusted ? ending.length : 0;
      return create(RevokeSessionsResponseSchema, { count });
    },
  };
}

function describe(
  parts: BrokerParts,
  session: Session,
): NonNullable<
  MessageInitShape<typeof ListSessionsResponseSchema>["sessions"]
>[number] {
  const { clock } = parts;
  const boot = clock.bootMs();
  const wall = (bootMs: number) =>
    timestampFromMs(Math.floor(clock.wallMs() - (boot - bootMs)));
  const ends = Math.max(...session.grants.map(endsAtMs));
  const account = parts.accounts
    .list()
    .find((one) => one.id === session.accountId);
  return {
    id: session.id,
    ...(account === undefined ? {} : { account: accountRef(account) }),
    process:
      parts.cards.last(session.process)?.process ?? create(ProcessSchema),
    scopes: session.grants.map((grant) => boundToSchema(grant.scope)),
    remaining: durationFromMs(Math.max(0, Math.floor(ends - boot))),
    grantedAt: wall(Math.min(...session.grants.map((g) => g.grantedAtMs))),
    lastUsedAt: wall(lastUseMs(session)),
  };
}

function lastUseMs(session: Session): number {
  return Math.max(...session.grants.map((grant) => grant.lastActivityMs));
}
