// SPDX-License-Identifier: Apache-2.0
import {
  type ActivityService,
  type ListActivityResponse,
  ListActivityResponseSchema,
  OwnerReason,
} from "@assent/protocol/owner";
import { activitySentence } from "@assent/wording";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { ActivityEntry } from "../activity/activity.ts";
import { connectionOf, type OwnerAccess } from "./owner-access.ts";
import type { BrokerParts } from "./parts.ts";
import { ownerRefusal } from "./refusal.ts";

/** What happened. */
export function createActivityService(
  parts: BrokerParts,
  access: OwnerAccess,
): ServiceImpl<typeof ActivityService> {
  return {
    async *listActivity(request, context) {
      const accountId = parts.accounts.find(request.account)?.id;
      const log =
        request.account === ""
          ? parts.brokerLog
          : accountId && parts.logOf(accountId);
      if (!log) throw ownerRefusal(OwnerReason.NOT_FOUND);
      // Lock ends it: what it tells is the account's own.
      const generation = accountId && parts.accounts.generation(accountId);
      const isLocked = () =>
        accountId !== undefined &&
        parts.accounts.generation(accountId) !== generation;
      const news: ActivityEntry[] = [];
      let wake = () => {};
      using cleanup = new DisposableStack();
      // From before the first is read, so that none is missed between.
      if (request.follow) {
        cleanup.defer(
          log.follow((entry) => {
            news.push(entry);
            // Who does not read is not kept waiting for.
            if (news.length > mostNews) news.shift();
            wake();
          }),
        );
      }
      const entries =
        request.credential === undefined
          ? readOpen(parts, accountId, log)
          : await readWithCredential(parts, access, request, log, context);
      let newest = -1n;
      for (const entry of entries.sort(newestFirst)) {
        if (entry.sequence > newest) newest = entry.sequence;
        yield describe(entry);
      }
      const onAbort = () => wake();
      context.signal.addEventListener("abort", onAbort);
      cleanup.defer(() => context.signal.removeEventListener("abort", onAbort));
      while (request.follow && !context.signal.aborted) {
        if (isLocked()) throw ownerRefusal(OwnerReason.ACCOUNT_LOCKED);
        const entry = news.shift();
        // One that came while the log was read has been told already.
        if (entry !== undefined) {
          if (entry.sequence > newest) yield describe(entry);
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}

const mostNews = 1_000;

// Repeats of a request are counted, and written down later than what came
// after the first: people want them where they belong in time.
function newestFirst(one: ActivityEntry, other: ActivityEntry): number {
  return other.atMs - one.atMs || Number(other.sequence - one.sequence);
}

type Log = NonNullable<ReturnType<BrokerParts["logOf"]>>;

// Entries are read at once: what is sent later needs no key any more.
function readOpen(
  parts: BrokerParts,
  accountId: string | undefined,
  log: Log,
): ActivityEntry[] {
  const store = accountId && parts.accounts.store(accountId);
  if (!store) throw ownerRefusal(OwnerReason.ACCOUNT_LOCKED);
  return [...log.read(store.privateLogKey)];
}

async function readWithCredential(
  parts: BrokerParts,
  access: OwnerAccess,
  request: Parameters<ServiceImpl<typeof ActivityService>["listActivity"]>[0],
  log: Log,
  context: HandlerContext,
): Promise<ActivityEntry[]> {
  using credential = await parts.credentials.check(
    request.credential,
    access.isTrusted(connectionOf(context)),
    context.signal,
  );
  // The broker's own log has no key, and opens to the owner of any account.
  if (request.account === "") return [...log.read(new Uint8Array())];
  if (credential.accountId !== parts.accounts.find(request.account)?.id) {
    throw ownerRefusal(OwnerReason.INVALID);
  }
  return parts.accounts.withStore(credential, (store) => [
    ...log.read(store.privateLogKey),
  ]);
}

function describe(entry: ActivityEntry): ListActivityResponse {
  return create(ListActivityResponseSchema, {
    sequence: entry.sequence,
    at: timestampFromMs(Math.floor(entry.atMs)),
    text: activitySentence(entry.event),
    eventJson: JSON.stringify(entry.event),
  });
}
