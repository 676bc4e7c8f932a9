// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  type AccountRef,
  AccountRefSchema,
  AccountService,
  type ApproveResponseSchema,
  type OwnerErrorDetail,
  OwnerErrorDetailSchema,
  type Prompt,
  type PromptBody,
  PromptBodySchema,
  type PromptEnd,
  PromptSchema,
  PromptService,
  SessionService,
  SettingsService,
  WatchPromptsResponseSchema,
} from "@assent/protocol/owner";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  codeField,
  type PageEnd,
  type PageState,
  pageEndHeader,
  pageStateHeader,
  type SessionAnswer,
  sessionPath,
} from "../host/contract.ts";

const pages = fileURLToPath(new URL("../dist/page", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** What the owner services answer. */
export interface Stage {
  pageState: PageState;
  /** As many pages are open as a host serves. */
  isCrowded: boolean;
  accounts: AccountRef[];
  integrationEnabled: boolean;
  /** What comes of a credential; never settles by default, as a slow check. */
  approve: (
    password: string,
  ) => Promise<MessageInitShape<typeof ApproveResponseSchema>>;
  deny: () => Promise<object>;
  code: (code: string) => SessionAnswer;
  authenticate: (password: string) => void;
}

/** A host whose broker is a script: what each state of the page looks like, one after the other. */
export interface StagedHost {
  readonly origin: string;
  readonly stage: Stage;
  /** Calls that came, by name, with what they brought. */
  readonly calls: { readonly name: string; readonly message: unknown }[];
  /** Put these prompts on the stage, in the place of those that were there. */
  show(...bodies: PromptInit[]): void;
  /** End the first prompt. */
  end(end: PromptEnd): void;
  /** End the page. */
  leave(end: PageEnd | undefined): void;
  /** Forget everything, for a page that is opened next. */
  reset(): void;
  close(): Promise<void>;
}

/** A prompt on the stage. */
export type PromptInit = Exclude<
  MessageInitShape<typeof PromptBodySchema>,
  PromptBody
> & { readonly id?: string };

/** Start it on a port of 127.0.0.1. */
export async function startStagedHost(): Promise<StagedHost> {
  const calls: StagedHost["calls"] = [];
  const watchers = new Set<() => void>();
  let prompts: Prompt[] = [];
  let ended: { promptId: string; end: PromptEnd }[] = [];
  let over: { readonly end: PageEnd | undefined } | undefined;
  let made = 0;
  const stage: Stage = bareStage();
  const changed = () => {
    for (const wake of watchers) wake();
  };
  const note = (name: string, message: unknown) => {
    calls.push({ name, message });
  };

  const adapter = connectNodeAdapter({
    routes: (router) => {
      router.service(PromptService, {
        async *watchPrompts(_request, context) {
          if (stage.isCrowded) {
            throw new ConnectError("crowded", Code.ResourceExhausted);
          }
          context.responseHeader.set(pageStateHeader, stage.pageState);
          for (;;) {
            if (over !== undefined) {
              if (over.end === undefined) return;
              throw new ConnectError("over", Code.Unavailable, {
                [pageEndHeader]: over.end,
              });
            }
            if (stage.pageState === "open") {
              yield create(WatchPromptsResponseSchema, { prompts, ended });
            }
            await new Promise<void>((resolve) => {
              watchers.add(resolve);
              context.signal.addEventListener("abort", () => resolve());
            });
            if (context.signal.aborted) return;
          }
        },
        shown: (request) => {
          note("shown", request);
          return {};
        },
        beginApproval: (request) => {
          note("beginApproval", request);
          return { approvalId: "approval" };
        },
        approve: async (request) => {
          const { credential } = request;
          const password =
            credential.case === "password"
              ? new TextDecoder().decode(credential.value)
              : "";
          note("approve", password);
          return stage.approve(password);
        },
        deny: async (request) => {
          note("deny", request);
          return stage.deny();
        },
        removeMute: (request) => {
          note("removeMute", request);
          return {};
        },
      });
      router.service(AccountService, {
        listAccounts: () => ({ accounts: stage.accounts }),
        lockAccount: (request) => {
          note("lockAccount", request);
          return {};
        },
        authenticate: ({ credential }) => {
          stage.authenticate(
            credential?.proof.case === "password"
              ? new TextDecoder().decode(credential.proof.value)
              : "",
          );
          stage.pageState = "open";
          changed();
          return {};
        },
      });
      router.service(SettingsService, {
        getSettings: () => ({
          settings: { integrationEnabled: stage.integrationEnabled },
        }),
      });
      router.service(SessionService, {
        listSessions: () => ({ sessions: [] }),
        revokeSessions: (request) => {
          note("revokeSessions", request);
          return {};
        },
      });
    },
    fallback: (request, response) => {
      const url = new URL(request.url ?? "/", "http://host");
      if (url.pathname === sessionPath && request.method === "POST") {
        void readAll(request as Readable).then((body) => {
          const answer = stage.code(
            new URLSearchParams(body).get(codeField) ?? "",
          );
          response.writeHead("key" in answer ? 200 : 403, {
            "content-type": "application/json",
          });
          response.end(JSON.stringify(answer));
        });
        return;
      }
      const path = normalize(
        url.pathname === "/" ? "/index.html" : url.pathname,
      );
      readFile(join(pages, path)).then(
        (bytes) => {
          response.writeHead(200, {
            "content-type": types[extname(path)] ?? "application/octet-stream",
            "content-security-policy": policy,
            // As the host has it: the names of assets tell what is in them.
            "cache-control": path.startsWith("/assets/")
              ? "max-age=3600, immutable"
              : "no-store",
          });
          response.end(bytes);
        },
        () => {
          response.writeHead(404);
          response.end();
        },
      );
    },
  });
  const server = createServer((request, response) => {
    const isWatching = request.url?.endsWith("/WatchPrompts");
    if (!isWatching || stage.pageState !== "sign-in") {
      adapter(request, response);
      return;
    }
    // The state is told at once, and nothing follows: Connect would wait.
    response.writeHead(200, {
      "content-type": "application/connect+proto",
      [pageStateHeader]: stage.pageState,
    });
    response.flushHeaders();
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve()),
  );
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stage,
    calls,
    show: (...bodies) => {
      prompts = bodies.map(({ id, ...body }) =>
        create(PromptSchema, {
          id: id ?? `prompt-${++made}`,
          waiters: 1,
          body: toBinary(PromptBodySchema, asBody(body)),
        }),
      );
      ended = [];
      changed();
    },
    end: (end) => {
      const [first, ...others] = prompts;
      prompts = others;
      ended = first === undefined ? [] : [{ promptId: first.id, end }];
      changed();
    },
    leave: (end) => {
      over = { end };
      changed();
    },
    reset: () => {
      // What still watches hangs on a connection of the page before.
      server.closeAllConnections();
      watchers.clear();
      [prompts, ended, over] = [[], [], undefined];
      calls.length = 0;
      Object.assign(stage, bareStage());
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bareStage(): Stage {
  return {
    pageState: "open",
    isCrowded: false,
    accounts: [],
    integrationEnabled: true,
    approve: () => new Promise(() => {}),
    deny: async () => ({}),
    code: () => ({ error: "none" }),
    authenticate: () => {},
  };
}

function asBody(body: MessageInitShape<typeof PromptBodySchema>): PromptBody {
  return create(PromptBodySchema, body);
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** An owner error as the broker throws it. */
export function ownerError(
  code: Code,
  detail: MessageInitShape<typeof OwnerErrorDetailSchema>,
): ConnectError {
  return new ConnectError("", code, undefined, [
    { desc: OwnerErrorDetailSchema, value: detail as OwnerErrorDetail },
  ]);
}

/** An account as shown. */
export function account(
  init: MessageInitShape<typeof AccountRefSchema>,
): AccountRef {
  return create(AccountRefSchema, init);
}
