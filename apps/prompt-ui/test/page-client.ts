// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { protocolVersion, versionHeader } from "@assent/protocol";
import {
  AccountService,
  ActivityService,
  OwnerErrorDetailSchema,
  OwnerReason,
  PromptService,
  SessionService,
  SettingsService,
  VaultService,
} from "@assent/protocol/owner";
import {
  type Client,
  ConnectError,
  createClient,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import {
  pageEndHeader,
  pageKeyHeader,
  pageStateHeader,
} from "../host/contract.ts";

/** An answer to one request. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request, as raw as Node makes them; to 127.0.0.1, whatever the name. */
export function send(
  origin: string,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string | Uint8Array;
    readonly address?: string;
  } = {},
): Promise<Reply> {
  const { host, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({
      host: options.address ?? "127.0.0.1",
      port,
      path,
      method: options.method ?? "GET",
      headers: { host, ...options.headers },
      agent: false,
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
        }),
      );
      response.on("error", reject);
    });
    sent.end(options.body);
  });
}

/** What a browser does with a bootstrap file: post its form. */
export function postBootstrap(file: string): Promise<Reply> {
  const text = readFileSync(file, "utf8");
  const action = /action="([^"]+)"/.exec(text)?.[1] ?? "";
  const token = /value="([^"]+)"/.exec(text)?.[1] ?? "";
  const { origin, pathname } = new URL(action);
  return send(origin, pathname, {
    method: "POST",
    headers: {
      origin: "null",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ token }).toString(),
  });
}

/** What a browser holds for a page. */
export interface PageSecrets {
  readonly origin: string;
  readonly cookie: string;
  readonly key: string;
}

/** Take cookie and key out of what a bootstrap was answered with. */
export function secretsOf(origin: string, landing: Reply): PageSecrets {
  const cookie = landing.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  const key = /data-key="([^"]+)"/.exec(landing.body)?.[1] ?? "";
  return { origin, cookie, key };
}

/** A page without a browser: the clients that a page has. */
export interface TestPage extends PageSecrets {
  readonly transport: Transport;
  readonly accounts: Client<typeof AccountService>;
  readonly prompts: Client<typeof PromptService>;
  readonly sessions: Client<typeof SessionService>;
  readonly activity: Client<typeof ActivityService>;
  readonly vaults: Client<typeof VaultService>;
  readonly settings: Client<typeof SettingsService>;
}

/** The headers that a page's calls carry. */
export function pageHeaders({
  origin,
  cookie,
  key,
}: PageSecrets): Record<string, string> {
  return {
    origin,
    cookie,
    [pageKeyHeader]: key,
    [versionHeader]: protocolVersion,
  };
}

/** A page that came in. */
export function createTestPage(secrets: PageSecrets): TestPage {
  const carry: Interceptor = (next) => (call) => {
    for (const [name, value] of Object.entries(pageHeaders(secrets))) {
      call.header.set(name, value);
    }
    return next(call);
  };
  const { host, port } = new URL(secrets.origin);
  const transport = createConnectTransport({
    baseUrl: `http://127.0.0.1:${port}`,
    httpVersion: "1.1",
    interceptors: [
      (next) => (call) => {
        call.header.set("host", host);
        return next(call);
      },
      carry,
    ],
  });
  return {
    ...secrets,
    transport,
    accounts: createClient(AccountService, transport),
    prompts: createClient(PromptService, transport),
    sessions: createClient(SessionService, transport),
    activity: createClient(ActivityService, transport),
    vaults: createClient(VaultService, transport),
    settings: createClient(SettingsService, transport),
  };
}

/** Bring a page in by a bootstrap file. */
export async function enter(origin: string, file: string): Promise<TestPage> {
  return createTestPage(secretsOf(origin, await postBootstrap(file)));
}

/** The stream of a page's prompts. */
export interface Watching {
  readonly state: Promise<string | null>;
  /** Ids of the prompts of the next message. */
  next(): Promise<readonly { id: string; body: Uint8Array }[]>;
  /** How the host ended it; null: in no way of ours. */
  readonly end: Promise<string | null>;
  leave(): void;
}

/** Open a page's stream. */
export function watch(page: TestPage): Watching {
  const leaving = new AbortController();
  let told: (state: string | null) => void = () => {};
  const state = new Promise<string | null>((resolve) => {
    told = resolve;
  });
  const stream = page.prompts.watchPrompts(
    {},
    {
      signal: leaving.signal,
      onHeader: (headers) => told(headers.get(pageStateHeader)),
    },
  );
  const messages = stream[Symbol.asyncIterator]();
  let ended: (how: string | null) => void = () => {};
  const end = new Promise<string | null>((resolve) => {
    ended = resolve;
  });
  const queue: { id: string; body: Uint8Array }[][] = [];
  let wake = () => {};
  const read = async () => {
    try {
      for (;;) {
        const { value, done } = await messages.next();
        if (done) return ended(null);
        queue.push(value.prompts);
        wake();
      }
    } catch (error) {
      told(null);
      ended(ConnectError.from(error).metadata.get(pageEndHeader));
    }
  };
  void read();
  return {
    state,
    end,
    async next() {
      for (;;) {
        const first = queue.shift();
        if (first !== undefined) return first;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    leave: () => leaving.abort(),
  };
}

/** Why a call failed: our reason, else the Connect code. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const from = ConnectError.from(error);
    const end = from.metadata.get(pageEndHeader);
    if (end !== null) return end;
    const [detail] = from.findDetails(OwnerErrorDetailSchema);
    const reason = Object.entries(OwnerReason).find(
      ([, value]) => value === detail?.reason,
    );
    return reason?.[0] ?? `code ${from.code}`;
  }
  return "done";
}
