// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import { limits } from "@assent/protocol";
import { createBootstraps } from "./bootstrap.ts";
import { createBridge } from "./bridge.ts";
import { createGate } from "./gate.ts";
import { bindLoopback } from "./loopback.ts";
import { createOneTimeCode } from "./one-time-code.ts";
import type { PageBroker } from "./page-broker.ts";
import { readPageFiles } from "./page-files.ts";
import { createPages } from "./pages.ts";
import type { Time } from "./time.ts";

/** A web surface that is being served. */
export interface Host {
  readonly origin: string;
  /** Loopback addresses it is bound to. */
  readonly addresses: readonly string[];
  /** What lets a person in where a file cannot be opened; undefined when nobody could read it. */
  readonly code: string | undefined;
  /** A file that opens a page; for one browser, once, within a minute. */
  createBootstrap(): string;
  /** Pages that are there. */
  readonly pages: number;
  /** Milliseconds since a page came or called. */
  readonly idleMs: number;
  /** Make the pages leave, then end (T54). */
  close(): Promise<void>;
}

/** How to serve a web surface. */
export interface HostOptions {
  /** Built page. */
  readonly pageDirectory: string;
  /** For bootstrap files: of the user, closed to others. */
  readonly directory: string;
  readonly newBroker: () => PageBroker;
  /** Whether there is somebody to whom a one-time code can be told. */
  readonly hasCode: boolean;
  readonly time: Time;
  /** A page came in by its bootstrap or its code. */
  readonly onPage?: () => void;
  /** A page came, or went. */
  readonly onChange?: () => void;
  readonly onShown?: (promptId: string) => void;
}

const mostConnections = 64;

/** Serve the page and its calls on loopback alone. @throws Error when it cannot */
export async function startHost(options: HostOptions): Promise<Host> {
  const { time, onPage = nothing, onChange = nothing } = options;
  const files = readPageFiles(options.pageDirectory);
  const pages = createPages({ newBroker: options.newBroker, time, onChange });
  const handlers = createBridge({ onShown: options.onShown ?? nothing });
  const loopback = await bindLoopback(() => {
    const server = createServer({
      headersTimeout: 5_000,
      requestTimeout: limits.receiveMs,
      keepAliveTimeout: 60_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: limits.headerBytes,
    });
    server.maxConnections = mostConnections;
    return server;
  });
  const { authority, origin, addresses } = loopback;
  const bootstraps = createBootstraps({
    directory: options.directory,
    origin,
    ...time,
  });
  const code = options.hasCode ? createOneTimeCode(time.now) : undefined;
  loopback.serve(
    createGate({
      authority,
      origin,
      files,
      handlers,
      pages,
      bootstraps,
      code,
      onPage,
    }),
  );
  let closing: Promise<void> | undefined;
  const close = async () => {
    bootstraps.close();
    await pages.leave();
    await loopback.close();
  };
  return {
    origin,
    addresses,
    code: code?.text,
    createBootstrap: bootstraps.create,
    get pages() {
      return pages.present;
    },
    get idleMs() {
      return time.now() - pages.lastUseMs;
    },
    close: () => (closing ??= close()),
  };
}

function nothing(): void {}
