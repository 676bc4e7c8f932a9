// SPDX-License-Identifier: Apache-2.0
import {
  Access,
  type AuthorizeRequest,
  type AuthorizeResponse,
  BrokerService,
  type OperationSchema,
  type RequestResponse,
  type RevokeResponse,
  type Scope,
  ScopeSchema,
} from "@assent/protocol";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import type {
  CallerConnection,
  CallerProcess,
} from "../caller/caller-process.ts";
import type { Answer } from "../wire/answer.ts";
import { type Exchange, openHttp1, openHttp2 } from "../wire/exchange.ts";
import { type FlavourName, flavour } from "../wire/flavour.ts";

/** A scope in few words: vaults by name, or references; read unless it says write. */
export interface ScopeTerms {
  readonly write?: boolean;
  /** Vaults, by name or id; neither these nor references: every vault. */
  readonly vaults?: readonly string[];
  readonly references?: readonly string[];
}

/** How a call is made. */
export interface CallOptions {
  /** Account as the caller names it; by default acct1 by its id. */
  readonly account?: string;
  /** Connection to make it on; by default the caller's first. */
  readonly on?: Link;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Added to the headers, or in their place. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** Options of Authorize. */
export interface AuthorizeOptions extends CallOptions {
  readonly scope?: ScopeTerms;
  /** Anything else of the message. */
  readonly message?: Partial<Omit<AuthorizeRequest, "$typeName" | "$unknown">>;
}

/** One connection of a caller, and how calls are written on it. */
export interface Link {
  readonly connection: CallerConnection;
  readonly flavour: FlavourName;
  readonly exchange: Exchange;
  /** Any unary method of any schema. */
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageShape<I> | Uint8Array,
    options?: CallOptions,
  ): Promise<Answer<MessageShape<O>>>;
  close(): void;
}

/** A process that asks the broker under test. */
export interface Caller {
  readonly process: CallerProcess;
  /** Every connection it ever had. */
  readonly links: readonly Link[];
  /** Another connection. */
  link(flavour?: FlavourName): Promise<Link>;
  /** The same over a connection that its process has already, as of a thread. */
  linkOver(connection: CallerConnection, flavour?: FlavourName): Link;
  authorize(options?: AuthorizeOptions): Promise<Answer<AuthorizeResponse>>;
  request(
    operation: Operation,
    options?: CallOptions,
  ): Promise<Answer<RequestResponse>>;
  revoke(options?: CallOptions): Promise<Answer<RevokeResponse>>;
}

/** An operation of a Request. */
export type Operation = MessageInitShape<typeof OperationSchema>;

/** Where a method is called. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** A scope as the schema writes it. */
export function scopeOf(terms: ScopeTerms = {}): Scope {
  const { write = false, vaults, references } = terms;
  return create(ScopeSchema, {
    access: write ? Access.READ_WRITE : Access.READ,
    extent: vaults
      ? { case: "vaults", value: { vaults: [...vaults] } }
      : references
        ? { case: "references", value: { references: [...references] } }
        : { case: "everyVault", value: {} },
  });
}

/** What a caller needs to know of its case. */
export interface CallerSurroundings {
  readonly endpoint: string;
  readonly defaultAccount: string;
  readonly defaultFlavour: FlavourName;
  /** Told each call before it leaves; what is returned is told the answer. */
  readonly onSend: (call: CallStart) => (answer: Answer<unknown>) => void;
  /** Told each answer, as it comes. */
  readonly onAnswer: (event: CallEvent) => void;
  /** Connects as the process does. */
  readonly connect: CallerProcess["connect"];
}

/** A call that is about to be made. */
export interface CallStart {
  readonly caller: Caller;
  readonly method: string;
  readonly input: unknown;
}

/** A call that was answered, for the model and the trace. */
export interface CallEvent {
  readonly caller: Caller;
  readonly link: Link;
  readonly method: string;
  readonly account: string;
  readonly input: unknown;
  readonly answer: Answer<unknown>;
}

/** A caller over a process that runs. */
export function createCaller(
  process: CallerProcess,
  around: CallerSurroundings,
): Caller {
  const links: Link[] = [];
  let first: Promise<Link> | undefined;
  const caller: Caller = {
    process,
    links,
    async link(name = around.defaultFlavour) {
      return caller.linkOver(await around.connect(around.endpoint), name);
    },
    linkOver(connection, name = around.defaultFlavour) {
      const way = flavour(name);
      const exchange =
        way.http === 2 ? openHttp2(connection) : openHttp1(connection);
      const link: Link = {
        connection,
        flavour: name,
        exchange,
        async call(method, message, options = {}) {
          const body =
            message instanceof Uint8Array
              ? way.wrap(message)
              : way.write(method.input, message);
          const path = pathOf(method);
          const onAnswer = around.onSend({
            caller,
            method: path,
            input: message,
          });
          const received = await exchange.send({
            path,
            headers: { ...way.headers(options.deadlineMs), ...options.headers },
            body,
            signal: options.signal,
          });
          const answer = way.read(method.output, received);
          onAnswer(answer);
          const account = (message as { account?: string }).account ?? "";
          const event = { caller, link, method: path, account, answer };
          around.onAnswer({ ...event, input: message });
          return answer;
        },
        close: () => exchange.close(),
      };
      links.push(link);
      return link;
    },
    authorize(options = {}) {
      const { account = around.defaultAccount, scope, message } = options;
      return calling(
        BrokerService.method.authorize,
        create(BrokerService.method.authorize.input, {
          account,
          scope: scopeOf(scope),
          ...message,
        }),
        options,
      );
    },
    request(operation, options = {}) {
      const { account = around.defaultAccount } = options;
      return calling(
        BrokerService.method.request,
        create(BrokerService.method.request.input, { account, operation }),
        options,
      );
    },
    revoke(options = {}) {
      const { account = around.defaultAccount } = options;
      return calling(
        BrokerService.method.revoke,
        create(BrokerService.method.revoke.input, { account }),
        options,
      );
    },
  };
  /** A case that ends leaves calls behind: what then comes of them is nothing. */
  function calling<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageShape<I>,
    options: CallOptions,
  ): Promise<Answer<MessageShape<O>>> {
    const answer = call(method, message, options);
    answer.catch(() => {});
    return answer;
  }

  /** HTTP/2 says that such a call was not begun, and may be made again. */
  async function call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    message: MessageShape<I>,
    options: CallOptions,
  ): Promise<Answer<MessageShape<O>>> {
    const answer = await (await on(options)).call(method, message, options);
    if (options.on !== undefined || answer.kind !== "broken") return answer;
    if (!answer.why.includes("REFUSED_STREAM")) return answer;
    first = undefined;
    return await (await on(options)).call(method, message, options);
  }

  async function on({ on: link }: CallOptions): Promise<Link> {
    if (link !== undefined) return link;
    // A broker may close what was idle for long; a program connects again.
    if (first !== undefined && !(await first).exchange.isOpen) {
      first = undefined;
    }
    first ??= caller.link();
    return await first;
  }
  return caller;
}
