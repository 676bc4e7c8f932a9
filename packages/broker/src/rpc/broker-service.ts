// SPDX-License-Identifier: Apache-2.0
import {
  AuthorizeResponseSchema,
  type BrokerService,
  Reason,
  type RequestRequest,
  type RequestResponse,
  RequestResponseSchema,
  type RevokeRequest,
  RevokeResponseSchema,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import {
  ConnectError,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import type { Grant, Session } from "../session/sessions.ts";
import { indexedStore } from "../vault/indexed-store.ts";
import { authorize, grantMessage } from "./authorize.ts";
import { endProcess, reasonOfEnd } from "./endings.ts";
import type { FaultReport } from "./fault.ts";
import { checkRequest, checkRevoke } from "./field-limits.ts";
import type { Flight } from "./flight.ts";
import { kFlight } from "./gateway.ts";
import { createItemReader } from "./item-reader.ts";
import { operate } from "./operation.ts";
import type { BrokerParts } from "./parts.ts";
import { refusal } from "./refusal.ts";
import { createRequestLog } from "./request-log.ts";

/** Authorize, Request and Revoke: what a program may ask. */
export function createBrokerService(
  parts: BrokerParts,
): ServiceImpl<typeof BrokerService> {
  return {
    async authorize(request, context) {
      const flight = identify(parts, context);
      const { session, grant } = await authorize(
        parts,
        flight.connection.peer,
        request,
        context,
      );
      // A yes is told to nobody else, and not when it was taken back meanwhile.
      flight.release = () =>
        processRefusal(parts, flight) ?? sessionRefusal(parts, session);
      // What was granted, exactly (SES-012).
      return create(AuthorizeResponseSchema, {
        grant: grantMessage(parts, session.accountId, grant),
      });
    },
    request(request, context) {
      const flight = identify(parts, context);
      if (!flight.hasRoom) throw refusal(Reason.LIMIT_EXCEEDED);
      const answer = serve(parts, flight, request);
      flight.reserve(weigh(answer));
      return answer;
    },
    revoke(request, context) {
      const flight = identify(parts, context);
      checkRevoke(request);
      revokeOwn(parts, flight, request);
      return create(RevokeResponseSchema);
    },
  };
}

/** What a program is told of any failure: an error nobody foresaw is a fault of ours, and says no more. */
export function brokerFailure(
  error: unknown,
  onFault: FaultReport,
): ConnectError {
  if (error instanceof ConnectError) return error;
  onFault(error);
  return refusal(Reason.INTERNAL);
}

/** The calling process, checked for this very call (PRC-012). */
function identify(parts: BrokerParts, context: HandlerContext): Flight {
  const flight = context.values.get(kFlight);
  if (flight === undefined) throw refusal(Reason.INTERNAL);
  const ended = processRefusal(parts, flight);
  if (ended !== undefined) throw ended;
  return flight;
}

/** Undefined while the process is the one that connected. After a change the connection ends with the answer. */
function processRefusal(
  parts: BrokerParts,
  flight: Flight,
): ConnectError | undefined {
  const { peer } = flight.connection;
  const ended = peer.verify();
  if (ended === undefined) return undefined;
  endProcess(parts, peer.number, ended);
  flight.defer(() => flight.connection.destroy());
  return refusal(Reason.PROCESS_CHANGED);
}

/** Judge and do in one synchronous step; never prompts (SES-001, SES-008). */
function serve(
  parts: BrokerParts,
  flight: Flight,
  request: RequestRequest,
): RequestResponse {
  checkRequest(request);
  const { peer } = flight.connection;
  const { clock, accounts, sessions } = parts;
  const now = clock.bootMs();
  // An account that does not exist is answered like one never authorized (LEAK-002).
  const account = accounts.find(request.account);
  const judged =
    account === undefined
      ? { ended: undefined }
      : sessions.judge(peer.number, account.id, now);
  if (!("live" in judged)) {
    throw refusal(
      judged.ended === undefined
        ? Reason.AUTHORIZATION_REQUIRED
        : reasonOfEnd[judged.ended],
    );
  }
  const session = judged.live;
  const open = accounts.store(session.accountId);
  if (open === undefined) throw refusal(Reason.ACCOUNT_LOCKED);
  const store = indexedStore(open);
  const covered = new Set<Grant>();
  const log = createRequestLog(parts, flight, session, request.operation);
  let outcome: ReturnType<typeof operate>;
  try {
    outcome = operate(request.operation, {
      store,
      grants: session.grants,
      wallMs: clock.wallMs(),
      defer: (cleanup) => flight.defer(cleanup),
      reader: createItemReader(store, (cleanup) => flight.defer(cleanup)),
      uploads: parts.uploads.of(peer.number, session.accountId, false),
      cover: (grant) => covered.add(grant),
      beforeChange: log.change,
    });
  } catch (error) {
    log.refused(error);
    throw error;
  } finally {
    // A Request that passed the check counts, whatever came of it (EXP-002,
    // EXP-004); what no grant covers does not (EXP-003).
    sessions.touch(covered, now);
  }
  parts.unlocks.used(session.accountId);
  const { touched, isPart } = outcome.ruling;
  if (touched !== undefined && !isPart) log.read(touched);
  flight.accountId = session.accountId;
  flight.release = () => {
    const late =
      processRefusal(parts, flight) ?? sessionRefusal(parts, session);
    // A change that was made is not told as refused, or it would be made
    // again: no answer leaves, and the program knows that it cannot know.
    const isChange = touched === undefined;
    if (late !== undefined && isChange) flight.connection.destroy();
    return late;
  };
  return create(RequestResponseSchema, { result: outcome.result });
}

/** The session may have ended between the answer and its first byte (LCK-002, RVK-001, EXP-011). */
function sessionRefusal(
  parts: BrokerParts,
  session: Session,
): ConnectError | undefined {
  const { process, accountId } = session;
  const judged = parts.sessions.judge(process, accountId, parts.clock.bootMs());
  if ("live" in judged && judged.live === session) return undefined;
  const end = "ended" in judged ? judged.ended : undefined;
  return refusal(
    end === undefined ? Reason.AUTHORIZATION_REQUIRED : reasonOfEnd[end],
  );
}

/** End the caller's own, withdraw its own prompts, tell nothing (RVK-001 to -004, RVK-006). */
function revokeOwn(
  parts: BrokerParts,
  flight: Flight,
  request: RevokeRequest,
): void {
  const { number } = flight.connection.peer;
  const named = request.account;
  const accountId = parts.accounts.find(named)?.id;
  parts.prompts.endWhere(
    (question, frozen) =>
      question.process === number &&
      (named === "" ||
        question.account === named ||
        (accountId !== undefined &&
          (frozen?.accountId === accountId ||
            parts.accounts.find(question.account)?.id === accountId))),
    "revoked",
  );
  const mine = parts.sessions.ofProcess(number).filter(
    (session) =>
      named === "" ||
      session.accountId === accountId ||
      // The user chose the account when the program asked by this name.
      session.chosenFor.has(named),
  );
  for (const session of mine) parts.sessions.end(session, "revoked-by-program");
}

/** Bytes of all texts and values of a message. */
function weigh(part: unknown): number {
  if (typeof part === "string" || part instanceof Uint8Array) {
    return part.length;
  }
  if (typeof part !== "object" || part === null) return 0;
  return Object.values(part).reduce(
    (sum: number, inner) => sum + weigh(inner),
    0,
  );
}
