// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { existsSync, renameSync, unlinkSync } from "node:fs";
import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer, type Server, type Socket } from "node:net";
import { Reason } from "@assent/protocol";
import { NotApplicable } from "../case/verdict.ts";
import type { Holdings } from "./answer-bytes.ts";
import { perform } from "./perform.ts";
import {
  type HttpRequest,
  type HttpResponse,
  type ReceivedCall,
  readCall,
} from "./received-call.ts";
import {
  type Action,
  grant,
  type Rpc,
  type Rule,
  refuse,
  serve,
  type Unusual,
} from "./script.ts";
import { type TappedConnection, tapConnection } from "./tapped-connection.ts";

/**
 * A broker that does what a script says, on a real socket. To calls that no
 * rule of the script is for it is a plain broker: it grants every Authorize,
 * and serves a Request once there was one. In strict mode such a call is
 * unexpected instead, which fails the case.
 */
export interface ScriptedBroker {
  readonly endpoint: string;
  /** Calls since the script was last changed. */
  readonly calls: readonly ReceivedCall[];
  /** Connections since the script was last changed, those that are closed included. */
  readonly connections: readonly TappedConnection[];
  /** Moments at which a connection came, milliseconds, since the script was last changed. */
  readonly arrivals: readonly number[];
  /** What an SDK of this protocol does not do; in words. */
  readonly unexpected: readonly string[];
  /** Why a script could not be followed with this SDK. */
  readonly notApplicable: NotApplicable | undefined;
  /** Everything the SDK sent, on all connections since the first start. */
  received(): Buffer;
  count(rpc: Rpc, account?: string): number;
  /** Replaces the script; counts begin anew. */
  script(rules: readonly Rule[], options?: ScriptOptions): void;
  /** Lets calls go on that are held under this name, and those to come. */
  release(name: string): void;
  /** Waits until this holds, or so long; whether it does. */
  until(holds: () => boolean, waitMs?: number): Promise<boolean>;
  start(): Promise<void>;
  /** As a broker ends: grants forgotten, connections broken, the socket gone or, when it crashed, left dead. */
  stop(how?: "ends" | "crashes"): Promise<void>;
}

/** How a script is followed. */
export interface ScriptOptions {
  /** What no rule is for is unexpected. */
  readonly strict?: boolean;
  /** Grants so far are forgotten. */
  readonly forgets?: boolean;
  /** Close connections as they come. */
  readonly turnsAway?: boolean;
  /** How answers are that no rule is for. */
  readonly unusual?: Unusual;
}

const waitMs = 5_000;

/** A broker that has not been started. */
export function createScriptedBroker(
  endpoint: string,
  holdings: Holdings,
): ScriptedBroker {
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const held = new Set<string>();
  const unexpected: string[] = [];
  const all: TappedConnection[] = [];
  const sockets = new Set<Socket>();
  const granted = new Set<string>();
  let notApplicable: NotApplicable | undefined;
  let rules: { rule: Rule; left: number }[] = [];
  let options: ScriptOptions = {};
  let calls: ReceivedCall[] = [];
  let connections: TappedConnection[] = [];
  let arrivals: number[] = [];
  let server: Server | undefined;

  const http2 = createHttp2Server();
  const http1 = createHttp1Server({ keepAliveTimeout: 0 });
  http2.on("request", receive);
  http1.on("request", receive);
  http2.on("sessionError", () => {});
  http1.on("clientError", () => {});

  const byPipe = new Map<unknown, TappedConnection>();

  async function receive(request: HttpRequest, response: HttpResponse) {
    const pipe = "stream" in request ? sessionPipe(request) : request.socket;
    const connection = byPipe.get(pipe);
    response.on("error", () => {});
    request.on("error", () => {});
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    if (connection === undefined) return;
    const call = readCall(request, response, Buffer.concat(chunks), connection);
    if (typeof call === "string") {
      unexpected.push(call);
      return connection.destroy();
    }
    calls.push(call);
    response.on("close", changed);
    changed();
    const actions = actionsFor(call);
    try {
      await perform(actions, call, { holdings, held, broker });
      remember(actions, call);
    } catch (error) {
      if (!(error instanceof NotApplicable)) throw error;
      notApplicable = error;
      connection.destroy();
    }
    changed();
  }

  function sessionPipe(request: HttpRequest): unknown {
    if (!("stream" in request)) return undefined;
    const { session } = request.stream;
    return session === undefined ? undefined : pipes.get(session);
  }

  const pipes = new WeakMap<object, unknown>();
  let opening: unknown;
  http2.on("session", (session) => {
    pipes.set(session, opening);
    session.on("error", () => {});
  });

  function actionsFor(call: ReceivedCall): Rule["does"] {
    const found = rules.find(
      ({ rule, left }) =>
        left > 0 &&
        rule.on === call.rpc &&
        (rule.account === undefined || rule.account === call.message.account),
    );
    if (found !== undefined) {
      found.left -= 1;
      return found.rule.does;
    }
    if (options.strict) {
      unexpected.push(`${call.rpc}, which the script has no rule for`);
      return [refuse("internal", Reason.INTERNAL)];
    }
    return plainly(call);
  }

  // What a rule grants is granted, to whichever account it names.
  function remember(actions: Rule["does"], call: ReceivedCall): void {
    for (const action of actions) {
      if (!("answer" in action) || !("grant" in action.answer.says)) continue;
      const { accountId } = action.answer.says.grant;
      granted.add(accountKey(accountId ?? call.message.account));
    }
  }

  function plainly(call: ReceivedCall): Rule["does"] {
    return [plainAnswer(call)].map((action) =>
      "answer" in action
        ? { answer: { ...action.answer, ...options.unusual } }
        : action,
    );
  }

  function plainAnswer(call: ReceivedCall): Action {
    if (call.rpc === "Revoke") {
      granted.clear();
      return { answer: { says: { nothing: true } } };
    }
    if (call.rpc === "Authorize") return grant();
    if (granted.has(accountKey(call.message.account))) return serve;
    return refuse("unauthenticated", Reason.AUTHORIZATION_REQUIRED);
  }

  function accountKey(asked: string): string {
    const [first] = holdings.accounts;
    const found = holdings.accounts.find(
      ({ id, name }) => asked === id || asked === name,
    );
    return (found ?? first)?.id ?? "";
  }

  const broker: ScriptedBroker = {
    endpoint,
    get calls() {
      return calls;
    },
    get connections() {
      return connections;
    },
    get arrivals() {
      return arrivals;
    },
    unexpected,
    get notApplicable() {
      return notApplicable;
    },
    received: () => Buffer.concat(all.map((one) => one.received())),
    count: (rpc, account) =>
      calls.filter(
        (call) =>
          call.rpc === rpc &&
          (account === undefined || call.message.account === account),
      ).length,
    script(next, how = {}) {
      rules = next.map((rule) => ({
        rule,
        left: rule.times ?? Number.POSITIVE_INFINITY,
      }));
      options = how;
      if (how.forgets) granted.clear();
      calls = [];
      connections = [];
      arrivals = [];
      held.clear();
    },
    release(name) {
      held.add(name);
      changed();
    },
    until(holds, ms = waitMs) {
      return new Promise((resolve) => {
        const stop = (value: boolean) => {
          clearTimeout(timer);
          watchers.delete(look);
          resolve(value);
        };
        const look = () => {
          if (holds()) stop(true);
        };
        const timer = setTimeout(() => stop(holds()), ms);
        watchers.add(look);
        look();
      });
    },
    async start() {
      if (existsSync(endpoint)) unlinkSync(endpoint);
      granted.clear();
      const listening = createServer({ allowHalfOpen: true }, (socket) => {
        arrivals.push(performance.now());
        if (options.turnsAway) {
          socket.destroy();
          return;
        }
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        tapConnection(socket, changed, (connection) => {
          all.push(connection);
          connections.push(connection);
          byPipe.set(connection.pipe, connection);
          opening = connection.pipe;
          const http = connection.http === 2 ? http2 : http1;
          http.emit("connection", connection.pipe);
        });
      });
      listening.listen(endpoint);
      await once(listening, "listening");
      server = listening;
    },
    async stop(how = "ends") {
      if (server === undefined) return;
      const closing = server;
      server = undefined;
      const aside = `${endpoint}-aside`;
      if (how === "crashes") renameSync(endpoint, aside);
      const closed = once(closing, "close");
      closing.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      if (how === "crashes") renameSync(aside, endpoint);
    },
  };
  return broker;
}
