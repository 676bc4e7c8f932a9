import {
  limits,
  protocolVersion,
  Reason,
  servesVersion,
  versionHeader,
} from "@assent/protocol";
import type { DescMethodUnary, DescService } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ContextKey,
  createConnectRouter,
  createContextKey,
  createContextValues,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { compressionGzip } from "@connectrpc/connect-node";
import type {
  ChannelHandler,
  ChannelRequest,
  ChannelResponse,
  Connection,
} from "../channel/connection.ts";
import { answerStatus, collect, stream, write } from "./answer.ts";
import {
  deadlineMs,
  dropDeadline,
  judgeDeadline,
  setDeadline,
} from "./deadline.ts";
import type { Flight, Flights } from "./flight.ts";
import type { AtGate } from "./gate.ts";
import { type BodyJudgement, readMessage } from "./message.ts";
import {
  isPlain,
  type PlainCall,
  servePlain,
  type UnaryImplementation,
} from "./plain-call.ts";
import { refusal } from "./refusal.ts";
import type { RefusalReport } from "./refusal-line.ts";

/** The call that an implementation serves. */
export const kFlight: ContextKey<Flight | undefined> = createContextKey(
  undefined as Flight | undefined,
);
const kRefused: ContextKey<ConnectError | undefined> = createContextKey(
  undefined as ConnectError | undefined,
);

/** What a gateway stands in front of. */
export interface GatewayOptions {
  readonly routes: (router: ConnectRouter) => void;
  /** Unary methods that need not go through Connect's server when they are called plainly. */
  readonly plain?: PlainMethods | undefined;
  readonly flights: Flights;
  /** Judged before anything is decoded. */
  readonly admit: (connection: Connection) => ConnectError | undefined;
  /** Told of what is refused here. */
  readonly onRefused: RefusalReport;
  readonly at?: AtGate | undefined;
}

/** A service all of whose methods are unary, and what serves them. */
export interface PlainMethods {
  readonly service: DescService;
  readonly implementation: UnaryImplementation;
}

/**
 * Between the channel and Connect: everything that Connect's own server would
 * let pass is judged here, once, for every flavour alike (WIR-001 to -005,
 * -009, -013, VER-001, VER-003). What is refused is still answered by Connect,
 * in the caller's flavour.
 */
export function createGateway(options: GatewayOptions): ChannelHandler {
  const router = createConnectRouter({
    acceptCompression: [compressionGzip],
    // Answers hold secrets: their size tells less when they are not compressed.
    compressMinBytes: Number.MAX_SAFE_INTEGER,
    readMaxBytes: limits.messageBytes,
    writeMaxBytes: limits.messageBytes,
    requestGate: (context) => {
      const refused = context.values.get(kRefused);
      if (refused !== undefined) throw refused;
    },
  });
  options.routes(router);
  const handlers = new Map(
    router.handlers.map((handler) => [handler.requestPath, handler]),
  );
  return (request, response, connection) => {
    response.setHeader(versionHeader, protocolVersion);
    const handler = handlers.get(request.url ?? "");
    // No other path, no query: what is not a method does not exist (LEAK-006).
    if (handler === undefined) return answerStatus(response, 404);
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      return answerStatus(response, 405);
    }
    const flight = options.flights.begin(connection);
    const over = () => flight && options.flights.end(flight);
    response.once("close", over);
    const gate = {
      at: options.at,
      plain:
        options.plain?.service === handler.service &&
        handler.method.methodKind === "unary" &&
        isPlain(request)
          ? {
              method: handler.method as DescMethodUnary,
              implementation: options.plain.implementation,
            }
          : undefined,
      admit: () => options.admit(connection),
      refuse: (error: ConnectError) =>
        options.onRefused(connection.peer.pid, handler.method.name, error),
    };
    // Whatever goes wrong costs this connection, and nothing else.
    serve(handler, request, response, flight, gate).catch(() => {
      over();
      connection.destroy();
    });
  };
}

async function serve(
  handler: UniversalHandler,
  request: ChannelRequest,
  response: ChannelResponse,
  flight: Flight | undefined,
  gate: {
    at: AtGate | undefined;
    plain: Pick<PlainCall, "method" | "implementation"> | undefined;
    admit: () => ConnectError | undefined;
    refuse: (error: ConnectError) => void;
  },
): Promise<void> {
  const aborted = abortedBy(response);
  // Counted from here: a message may be long on its way (WIR-009).
  const began = performance.now();
  const waitsMs = deadlineMs(request.headers);
  const leftMs = () =>
    waitsMs === undefined ? undefined : waitsMs - (performance.now() - began);
  let refused = judgeHeaders(request) ?? gate.admit();
  if (flight === undefined) refused ??= refusal(Reason.LIMIT_EXCEEDED);
  const valuesWith = (refusedWith: ConnectError | undefined) => {
    const values = createContextValues().set(kRefused, refusedWith);
    return flight === undefined ? values : values.set(kFlight, flight);
  };
  const run = (body: Uint8Array, refusedWith: ConnectError | undefined) =>
    handler({
      httpVersion: request.httpVersion,
      method: "POST",
      url: `http://localhost${request.url}`,
      header: headersOf(request, refusedWith !== undefined, leftMs()),
      body: once(body),
      signal: aborted,
      contextValues: valuesWith(refusedWith),
    });
  /** An answer of which nothing has been written yet. */
  const serveOnce = async () => {
    if (gate.plain === undefined || refused !== undefined) {
      const answer = await run(takeBody(message), refused);
      return { answer, collect: () => collect(answer) };
    }
    try {
      const { answer, written } = await servePlain(takeBody(message), {
        ...gate.plain,
        signal: aborted,
        values: valuesWith(undefined),
        timeoutMs: leftMs(),
      });
      return { answer, collect: async () => written };
    } catch (error) {
      // Connect writes what went wrong, as it does for every other call.
      const failure = ConnectError.from(error, Code.Internal);
      const answer = await run(nothing, failure);
      return { answer, collect: () => collect(answer) };
    }
  };
  // Nothing here holds on to the body while a call waits for the user.
  const message =
    refused === undefined && flight !== undefined
      ? await readMessage(request, handler.method, flight)
      : undefined;
  if (message === undefined && refused === undefined) return;
  let isLong = false;
  if (message !== undefined && "refused" in message) {
    refused = refusal(message.refused);
    isLong = message.announced === true;
  }
  if (refused !== undefined) {
    gate.refuse(refused);
    if (isLong) leaveUnread(request, response);
    else await finishReading(request, response);
  }
  const pid = flight?.connection.peer.pid ?? 0;
  if (gate.at !== undefined) await gate.at("request-read", pid);
  if (refused === undefined && (leftMs() ?? 1) <= 0) {
    refused = deadlinePassed();
    gate.refuse(refused);
  }
  const { answer, collect: collected } = await serveOnce();
  if (handler.method.methodKind !== "unary") {
    if (flight !== undefined) flight.writing = true;
    return stream(answer, response, aborted);
  }
  if (gate.at !== undefined) await gate.at("answered", pid);
  const written = await collected();
  if (gate.at !== undefined) await gate.at("collected", pid);
  if (aborted.aborted) return;
  // From here to the write there is no step in which anything could change.
  const late =
    refused !== undefined
      ? undefined
      : flight?.send(written.length) === false
        ? refusal(Reason.LIMIT_EXCEEDED)
        : flight?.release?.();
  if (late === undefined) return write(response, answer, written, flight);
  written.fill(0);
  gate.refuse(late);
  const instead = await run(nothing, late);
  write(response, instead, await collect(instead), undefined);
}

const nothing = new Uint8Array();

/** The body, once: it is not kept alive by what it came in. */
function takeBody(message: BodyJudgement | undefined): Uint8Array {
  if (message === undefined || !("body" in message)) return nothing;
  const { body } = message;
  message.body = nothing;
  return body;
}

function judgeHeaders(request: ChannelRequest): ConnectError | undefined {
  const version = request.headers[versionHeader];
  if (!servesVersion(typeof version === "string" ? version : undefined)) {
    return refusal(Reason.VERSION_UNSUPPORTED);
  }
  const connectVersion = request.headers[connectVersionHeader];
  if (connectVersion !== undefined && connectVersion !== "1") {
    return refusal(Reason.INVALID);
  }
  switch (judgeDeadline(request.headers)) {
    case "passed":
      return deadlinePassed();
    case "invalid":
      return refusal(Reason.INVALID);
    default:
      return undefined;
  }
}

function deadlinePassed(): ConnectError {
  return new ConnectError("the deadline has passed", Code.DeadlineExceeded);
}

function abortedBy(response: ChannelResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    // Not `writableFinished`: Node says true of a stream that was reset.
    if (!response.writableEnded) {
      controller.abort(new ConnectError("canceled", Code.Canceled));
    }
  });
  return controller.signal;
}

/** An HTTP/1.1 connection ends with the answer. */
function leaveUnread(request: ChannelRequest, response: ChannelResponse): void {
  if (request.httpVersionMajor === 1 && !response.headersSent) {
    response.setHeader("connection", "close");
  }
}

/**
 * A refusal is answered after what little was sent with it: clients that still
 * send when the answer comes may wait for ever. What is long, or said to be
 * (WIR-003), is left unread.
 */
function finishReading(
  request: ChannelRequest,
  response: ChannelResponse,
): Promise<void> {
  return new Promise((resolve) => {
    let length = 0;
    if (request.readableEnded || request.destroyed) return resolve();
    request.on("data", (chunk: Uint8Array) => {
      length += chunk.length;
      chunk.fill(0);
      if (length <= limits.askBytes) return;
      leaveUnread(request, response);
      resolve();
    });
    for (const end of ["end", "close", "error"]) request.once(end, resolve);
  });
}

const connectVersionHeader = "connect-protocol-version";

/** What Connect is to see; of a refused call nothing that it would itself refuse. */
function headersOf(
  request: ChannelRequest,
  refused: boolean,
  leftMs: number | undefined,
): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  if (refused) {
    dropDeadline(headers);
    headers.delete(connectVersionHeader);
  } else if (leftMs !== undefined) {
    // Zero would be none.
    setDeadline(headers, Math.max(1, leftMs));
  }
  return headers;
}

async function* once(body: Uint8Array): AsyncIterable<Uint8Array> {
  yield body;
}
