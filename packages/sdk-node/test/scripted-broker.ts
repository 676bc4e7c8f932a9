// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import {
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Access,
  type AuthorizeRequest,
  type AuthorizeResponse,
  AuthorizeResponseSchema,
  BrokerService,
  ErrorDetailSchema,
  GrantSchema,
  protocolVersion,
  Reason,
  type RequestRequest,
  RequestResponseSchema,
  ResolvedSecretsSchema,
  type Result,
  type RevokeRequest,
  ScopeSchema,
  versionHeader,
} from "@assent/protocol";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

/** The value behind every reference. */
export const canary = "canary-5b20-secret";
/** The reference that tests read. */
export const reference = "assent://Dev/GitHub/token";

/** One call as it arrived. */
export type Seen = { readonly context: HandlerContext } & (
  | { readonly rpc: "authorize"; readonly message: AuthorizeRequest }
  | { readonly rpc: "request"; readonly message: RequestRequest }
  | { readonly rpc: "revoke"; readonly message: RevokeRequest }
);

type Awaitable<T> = T | Promise<T>;

/**
 * A broker that does what the test says, on a real socket in a directory of
 * its own, served by connect-node. By default it grants every Authorize and
 * answers a Request, on any connection, once there was one since its start.
 */
export interface ScriptedBroker extends AsyncDisposable {
  readonly path: string;
  readonly directory: string;
  readonly seen: readonly Seen[];
  /** Connections that were ever opened. */
  readonly opened: number;
  /** Connections now open. */
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  count(rpc: Seen["rpc"]): number;
  /** Resolves once `holds` does; looked at after each event of the broker. */
  until(holds: () => boolean): Promise<void>;
  authorize: (
    message: AuthorizeRequest,
    context: HandlerContext,
  ) => Awaitable<AuthorizeResponse>;
  request: (
    message: RequestRequest,
    context: HandlerContext,
  ) => Awaitable<Result["result"]>;
  /** Answers instead of the script, if it returns true: unlawful answers. */
  raw: (
    request: Http2ServerRequest,
    response: Http2ServerResponse,
  ) => Awaitable<boolean>;
  start(): Promise<void>;
  /** Stop as a broker does that ends: connections closed, socket removed. */
  stop(): Promise<void>;
}

/** Serve on a socket of the same name in a new directory. */
export async function startBroker(): Promise<ScriptedBroker> {
  const directory = mkdtempSync(join(tmpdir(), "assent-sdk-"));
  const path = join(directory, "broker.sock");
  const seen: Seen[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  let server: Http2Server | undefined;
  let opened = 0;
  let granted = false;

  const broker: ScriptedBroker = {
    path,
    directory,
    seen,
    sessions,
    get opened() {
      return opened;
    },
    count: (rpc) => seen.filter((call) => call.rpc === rpc).length,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    authorize: () => grant(),
    request: (message) => {
      if (granted) return resolveAll(message);
      throw refusal(Code.Unauthenticated, Reason.AUTHORIZATION_REQUIRED);
    },
    raw: () => false,
    async start() {
      granted = false;
      server = createServer(async (request, response) => {
        if (await broker.raw(request, response)) return;
        serve(request, response);
      });
      server.on("session", (session) => {
        opened += 1;
        sessions.add(session);
        session.on("error", () => {});
        session.on("close", () => {
          sessions.delete(session);
          changed();
        });
        changed();
      });
      await new Promise<void>((resolve) => server?.listen(path, resolve));
    },
    async stop() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server?.close(resolve));
    },
    async [Symbol.asyncDispose]() {
      await broker.stop();
      rmSync(directory, { recursive: true });
    },
  };

  const note = (call: Seen) => {
    seen.push(call);
    call.context.signal.addEventListener("abort", changed);
    changed();
  };
  const serve = connectNodeAdapter({
    interceptors: [
      (next) => async (request) => {
        const answer = await next(request);
        answer.header.set(versionHeader, protocolVersion);
        return answer;
      },
    ],
    routes: ({ service }) =>
      service(BrokerService, {
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
      }),
  });
  await broker.start();
  return broker;
}

/** A yes for reading everything. */
export function grant(): AuthorizeResponse {
  return create(AuthorizeResponseSchema, {
    grant: create(GrantSchema, {
      accountId: "acct2222222222222222222222",
      accountName: "Personal",
      scope: create(ScopeSchema, {
        access: Access.READ,
        extent: { case: "everyVault", value: {} },
      }),
    }),
  });
}

/** A no, with its reason. */
export function refusal(code: Code, reason: Reason): ConnectError {
  return new ConnectError("refused", code, undefined, [
    { desc: ErrorDetailSchema, value: { reason } },
  ]);
}

/** The canary for each reference of the request. */
export function resolveAll({ operation }: RequestRequest): Result["result"] {
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
