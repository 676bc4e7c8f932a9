// SPDX-License-Identifier: Apache-2.0
import type {
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from "node:http";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { answer, readBody } from "./answer.ts";
import type { Bootstraps } from "./bootstrap.ts";
import {
  codeField,
  leftPath,
  type SessionAnswer,
  sessionPath,
  tokenField,
} from "./contract.ts";
import type { OneTimeCode } from "./one-time-code.ts";
import { answerSignedOut, serveCall } from "./page-calls.ts";
import { landingPage, type PageFile } from "./page-files.ts";
import type { Pages } from "./pages.ts";

/** What stands behind the gate of a host. */
export interface GateOptions {
  /** The one Host, and the one Origin. */
  readonly authority: string;
  readonly origin: string;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly handlers: ReadonlyMap<string, UniversalHandler>;
  readonly pages: Pages;
  readonly bootstraps: Pick<Bootstraps, "redeem">;
  readonly code: OneTimeCode | undefined;
  /** A page came in. */
  readonly onPage: () => void;
}

const mostFormBytes = 1_024;
const framing: ReadonlySet<unknown> = new Set([
  "embed",
  "fencedframe",
  "frame",
  "iframe",
  "object",
]);

/** Judges every request before anything else sees it. */
export function createGate(options: GateOptions): RequestListener {
  const { authority, origin, files, handlers, pages } = options;
  return (request, response) => {
    const { method, url: path = "", headers } = request;
    // Another name that leads here is not ours: DNS can be made to say it.
    if (headers.host !== authority) return answer(response, 421);
    const serve = async () => {
      if (path === sessionPath) return enter(request, response);
      const handler = handlers.get(path);
      if (handler === undefined && path !== leftPath) {
        return answerFile(files.get(path), request, response);
      }
      if (method !== "POST") return answer(response, 405, "", allowPost);
      if (!isOfPage(request)) return answer(response, 403);
      const page = pages.find(headers);
      if (page === undefined) return answerSignedOut(response);
      if (handler === undefined) {
        pages.left(page);
        return answer(response, 204);
      }
      pages.used();
      await serveCall(handler, page, request, response);
    };
    serve().catch(() => response.destroy());
  };

  /** Of our own page, and not of a site that a browser has open beside it. */
  function isOfPage({ headers }: IncomingMessage): boolean {
    const site = headers["sec-fetch-site"];
    return (
      headers.origin === origin &&
      (site === undefined || site === "same-origin")
    );
  }

  async function enter(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method !== "POST") return answer(response, 405, "", allowPost);
    // A file has no origin; everything else that comes from a browser has one.
    const isFile = request.headers.origin === "null";
    if (!isFile && !isOfPage(request)) return answer(response, 403);
    const body = await readBody(request, mostFormBytes);
    if (body === undefined) {
      return answer(response, 413, "", { connection: "close" });
    }
    const form = new URLSearchParams(Buffer.from(body).toString());
    body.fill(0);
    if (isFile) enterByFile(form.get(tokenField) ?? "", response);
    else enterByCode(form.get(codeField) ?? "", response);
  }

  function enterByFile(token: string, response: ServerResponse): void {
    const page = options.bootstraps.redeem(token) ? pages.create() : undefined;
    if (page === undefined) {
      answer(response, 403, usedText, { "content-type": plainText });
      return;
    }
    options.onPage();
    answer(response, 200, landingPage(page.key), {
      "content-type": "text/html; charset=utf-8",
      "set-cookie": page.cookie,
    });
  }

  function enterByCode(typed: string, response: ServerResponse): void {
    const redeemed = options.code?.redeem(typed) ?? { error: "none" };
    const page = redeemed === true ? pages.create() : undefined;
    if (page === undefined) {
      const told = redeemed === true ? { error: "none" as const } : redeemed;
      answerJson(response, 403, told);
      return;
    }
    options.onPage();
    answerJson(response, 200, { key: page.key }, page.cookie);
  }
}

function answerFile(
  file: PageFile | undefined,
  { method = "", headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const isRead = method === "GET" || method === "HEAD";
  if (file === undefined) {
    answer(response, 404);
  } else if (!isRead) {
    answer(response, 405, "", { allow: "GET, HEAD" });
  } else if (framing.has(headers["sec-fetch-dest"])) {
    answer(response, 403);
  } else {
    answer(response, 200, method === "HEAD" ? "" : file.body, {
      "content-type": file.type,
      "content-length": file.body.length,
      ...(file.isFixed
        ? { "cache-control": "private, max-age=31536000, immutable" }
        : {}),
    });
  }
}

function answerJson(
  response: ServerResponse,
  status: number,
  told: SessionAnswer,
  cookie?: string,
): void {
  answer(response, status, JSON.stringify(told), {
    "content-type": "application/json",
    ...(cookie === undefined ? {} : { "set-cookie": cookie }),
  });
}

const allowPost = { allow: "POST" };
const plainText = "text/plain; charset=utf-8";
const usedText =
  "This page was opened before, or it is too old. Open it again with: assent ui\n";
