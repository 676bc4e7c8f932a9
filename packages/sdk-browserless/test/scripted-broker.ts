// SPDX-License-Identifier: Apache-2.0
import {
  Access,
  type AuthorizeRequest,
  type AuthorizeResponse,
  AuthorizeResponseSchema,
  BrokerService,
  ErrorDetailSchema,
  GrantSchema,
  type Operation,
  protocolVersion,
  type Reason,
  type RequestRequest,
  RequestResponseSchema,
  ResolvedSecretsSchema,
  type Result,
  type RevokeRequest,
  ScopeSchema,
  versionHeader,
} from "@assent/protocol";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  Code,
  ConnectError,
  createConnectRouter,
  type HandlerContext,
} from "@connectrpc/connect";
import {
  universalServerRequestFromFetch,
  universalServerResponseToFetch,
} from "@connectrpc/connect/protocol";

/** The id of the account that the script grants. */
export const accountId = "acct2222222222222222222222";
/** The value behind every reference. */
export const canary = "canary-7f3a-secret";

/** One call as it arrived. */
export type Seen =
  | { rpc: "authorize"; message: AuthorizeRequest; context: HandlerContext }
  | { rpc: "request"; message: RequestRequest; context: HandlerContext }
  | { rpc: "revoke"; message: RevokeRequest; context: HandlerContext };

type Awaitable<T> = T | Promise<T>;

/**
 * A broker that does what the test says, served by Connect's own server code.
 * By default it grants every Authorize, answers a Request once there was one,
 * and resolves every reference to the canary.
 */
export interface ScriptedBroker {
  readonly fetch: typeof globalThis.fetch;
  readonly seen: Seen[];
  /** How often an RPC was called. */
  count(rpc: Seen["rpc"]): number;
  /** Resolves when an RPC was called that often. */
  until(rpc: Seen["rpc"], times: number): Promise<void>;
  authorize: (
    message: AuthorizeRequest,
    context: HandlerContext,
  ) => Awaitable<AuthorizeResponse>;
  request: (
    message: RequestRequest,
    context: HandlerContext,
  ) => Awaitable<Result["result"]>;
  /** Stated on every answer; undefined: none. */
  version: string | undefined;
}

export function createScriptedBroker(): ScriptedBroker {
  const seen: Seen[] = [];
  const watchers = new Set<() => void>();
  const note = (call: Seen) => {
    seen.push(call);
    for (const watcher of watchers) watcher();
  };
  let granted = false;
  const broker: ScriptedBroker = {
    seen,
    version: protocolVersion,
    count: (rpc) => seen.filter((call) => call.rpc === rpc).length,
    until: (rpc, times) =>
      new Promise((resolve) => {
        const look = () => {
          if (broker.count(rpc) < times) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    authorize: () => grant(),
    request: (message) => {
      if (granted) return resolveAll(message.operation);
      throw refusal(Code.Unauthenticated, 1);
    },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      const handler = handlers.find((each) => each.requestPath === pathname);
      if (handler === undefined) return new Response(null, { status: 404 });
      const answer = universalServerResponseToFetch(
        await handler(universalServerRequestFromFetch(request, {})),
      );
      if (broker.version !== undefined) {
        answer.headers.set(versionHeader, broker.version);
      }
      return answer;
    },
  };
  const { handlers } = createConnectRouter().service(BrokerService, {
    async authorize(message, context) {
      note({ rpc: "authorize", message, context });
      const answer = await broker.authorize(message, context);
      granted = true;
      return answer;
    },
    async request(message, context) {
      note({ rpc: "request", message, context });
      const result = await broker.request(message, context);
      return create(RequestResponseSchema, { result: { result } });
    },
    revoke(message, context) {
      note({ rpc: "revoke", message, context });
      granted = false;
      return {};
    },
  });
  return broker;
}

/** A yes, for everything unless said otherwise. */
export function grant(
  over: MessageInitShape<typeof GrantSchema> = {},
): AuthorizeResponse {
  return create(AuthorizeResponseSchema, {
    grant: create(GrantSchema, {
      accountId,
      accountName: "Personal",
      scope: create(ScopeSchema, {
        access: Access.READ,
        extent: { case: "everyVault", value: {} },
      }),
      inactivityTimeout: durationFromMs(600_000),
      ...over,
    }),
  });
}

/** A no, with its reason. */
export function refusal(
  code: Code,
  reason: Reason | number,
  text = "refused",
  supportedVersions: string[] = [],
): ConnectError {
  return new ConnectError(text, code, undefined, [
    {
      desc: ErrorDetailSchema,
      value: { reason: reason as Reason, supportedVersions },
    },
  ]);
}

/** The canary for each reference of the operation. */
export function resolveAll(operation: Operation | undefined): Result["result"] {
  const asked = operation?.operation;
  if (asked?.case !== "resolveSecrets") return { case: undefined };
  return {
    case: "resolvedSecrets",
    value: create(ResolvedSecretsSchema, {
      secrets: asked.value.references.map(() => ({
        outcome: {
          case: "value" as const,
          value: new TextEncoder().encode(canary),
        },
        vaultId: "v1",
        itemId: "i1",
      })),
    }),
  };
}

/** Never settles, but rejects when the caller goes away. */
export function untilCanceled(context: HandlerContext): Promise<never> {
  return new Promise((_, reject) => {
    context.signal.addEventListener("abort", () =>
      reject(context.signal.reason),
    );
  });
}
