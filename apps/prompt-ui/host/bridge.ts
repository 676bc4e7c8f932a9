// SPDX-License-Identifier: Apache-2.0
import { limits } from "@assent/protocol";
import {
  PromptService,
  ShownRequestSchema,
  WatchPromptsRequestSchema,
} from "@assent/protocol/owner";
import {
  create,
  type DescMethod,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  isMessage,
  type Message,
} from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ContextKey,
  createConnectRouter,
  createContextKey,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { mostStreams } from "./contract.ts";
import { ownerServices } from "./owner-connection.ts";
import { isConnectionFault, isOwn, pageOver, passOn } from "./page-over.ts";
import type { Page, Watch } from "./pages.ts";
import { zeroBytes } from "./zero-bytes.ts";

/** The page that makes a call. */
export const kPage: ContextKey<Page | undefined> = createContextKey(
  undefined as Page | undefined,
);

/** Takes messages that are to be zeroed when the answer was written. */
export const kSpent: ContextKey<object[] | undefined> = createContextKey(
  undefined as object[] | undefined,
);

/** What the bridge tells the host. */
export interface BridgeEvents {
  /** A page really shows a prompt. */
  readonly onShown: (promptId: string) => void;
}

/** Calls of one page under way at a time. */
export const mostCalls = 16;
/** How long the broker has for a call that is no stream, milliseconds; wrong passwords are made to wait. */
export const callMs = 120_000;

/** The owner services as pages reach them, by path. BrokerService is not among them. */
export function createBridge(
  events: BridgeEvents,
): ReadonlyMap<string, UniversalHandler> {
  const router = createConnectRouter({
    grpc: false,
    grpcWeb: false,
    acceptCompression: [],
    readMaxBytes: limits.messageBytes,
    writeMaxBytes: limits.messageBytes,
  });
  let streams = 0;
  const counted = async function* <T>(answers: AsyncIterable<T>) {
    if (streams >= mostStreams) {
      throw new ConnectError(
        "Too many pages of Assent are open. Close one of them.",
        Code.ResourceExhausted,
      );
    }
    streams += 1;
    try {
      yield* answers;
    } finally {
      streams -= 1;
    }
  };
  for (const service of ownerServices) {
    const implementation: Record<string, unknown> = {};
    for (const method of service.methods) {
      implementation[method.localName] = implement(method);
    }
    router.service(service, implementation as ServiceImpl<typeof service>);
  }
  return new Map(router.handlers.map((one) => [one.requestPath, one]));

  function implement(method: DescMethod): unknown {
    if (method === PromptService.method.watchPrompts) {
      return (_: Message, context: HandlerContext) =>
        watchPrompts(pageOf(context), context, counted);
    }
    switch (method.methodKind) {
      case "server_streaming":
        return (request: Message, context: HandlerContext) =>
          counted(follow(method as ServerStreaming, request, context));
      case "unary":
        return async (request: Message, context: HandlerContext) => {
          const answer = await call(
            method as DescMethodUnary,
            request,
            context,
          );
          if (isMessage(request, ShownRequestSchema)) {
            events.onShown(request.promptId);
          }
          return answer;
        };
      default:
        throw new TypeError(`${method.toString()}: no page calls this kind`);
    }
  }
}

type ServerStreaming = DescMethodServerStreaming;

async function call(
  method: DescMethodUnary,
  request: Message,
  context: HandlerContext,
): Promise<Message> {
  const page = pageOf(context);
  if (page.calls >= mostCalls) {
    throw new ConnectError("too many calls at a time", Code.ResourceExhausted);
  }
  page.calls += 1;
  try {
    const { transport } = await page.broker.admit(method, request);
    const { message } = await transport.unary(
      method,
      context.signal,
      callMs,
      undefined,
      request,
    );
    context.values.get(kSpent)?.push(message);
    page.broker.done(method, request);
    return message;
  } catch (error) {
    throw failure(page, error);
  } finally {
    page.calls -= 1;
    zeroBytes(request);
  }
}

async function* follow(
  method: ServerStreaming,
  request: Message,
  context: HandlerContext,
): AsyncIterable<Message> {
  const page = pageOf(context);
  try {
    const { transport } = await page.broker.admit(method, request);
    const { message } = await transport.stream(
      method,
      context.signal,
      undefined,
      undefined,
      once(request),
    );
    yield* message;
  } catch (error) {
    throw failure(page, error);
  } finally {
    zeroBytes(request);
  }
}

/**
 * The prompts, from when the page may see them, until the page or the host
 * ends it. It never ends well: the error says what the page has to do (T54).
 */
async function* watchPrompts(
  page: Page,
  context: HandlerContext,
  counted: <T>(answers: AsyncIterable<T>) => AsyncIterable<T>,
): AsyncIterable<Message> {
  const watch = page.watch();
  try {
    yield* counted(prompts(page, watch, context.signal));
    throw pageOver(watch.how ?? "offline");
  } catch (error) {
    if (watch.how !== undefined) throw pageOver(watch.how);
    throw failure(page, error);
  } finally {
    watch.close();
  }
}

async function* prompts(
  page: Page,
  watch: Watch,
  left: AbortSignal,
): AsyncIterable<Message> {
  const signal = AbortSignal.any([watch.over, left]);
  await Promise.race([page.broker.opened, aborted(signal)]);
  if (signal.aborted) return;
  const method = PromptService.method.watchPrompts;
  const request = create(WatchPromptsRequestSchema, { surface: "web" });
  const { transport } = await page.broker.admit(method, request);
  const { message } = await transport.stream(
    method,
    signal,
    undefined,
    undefined,
    once(request),
  );
  yield* message;
}

function failure(page: Page, error: unknown): ConnectError {
  if (page.broker.lost.aborted || isConnectionFault(error)) {
    return pageOver("offline");
  }
  return isOwn(error) ? error : passOn(error);
}

function pageOf(context: HandlerContext): Page {
  const page = context.values.get(kPage);
  if (page === undefined) throw pageOver("signed-out");
  return page;
}

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", resolve, { once: true }),
  );
}

async function* once<T>(message: T): AsyncIterable<T> {
  yield message;
}
