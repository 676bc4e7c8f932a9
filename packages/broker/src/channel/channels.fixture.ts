// SPDX-License-Identifier: Apache-2.0
// Opens channels for tests, and starts programs that talk to them.

import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { headerBlock } from "../../fuzz/http2-bytes.ts";
import { createLinuxSource } from "../peer/linux-source.ts";
import {
  createManualScheduler,
  type ManualScheduler,
} from "../peer/manual-scheduler.fixture.ts";
import {
  binding,
  real,
  talk,
  temporaryDirectory,
} from "../peer/processes.fixture.ts";
import { createPeerRegistry, type PeerRegistry } from "../peer/registry.ts";
import { type ChannelOptions, openChannel } from "./channel.ts";
import type {
  Channel,
  ChannelRequest,
  ChannelResponse,
  Connection,
} from "./connection.ts";
import type { HttpCommand } from "./http-caller.fixture.ts";
import {
  openRuntimeDirectory,
  type RuntimeDirectory,
} from "./runtime-directory.ts";

/** Our user. */
export const userId: number = process.geteuid?.() ?? -1;

/** A call that reached the handler. */
export interface Call {
  readonly request: ChannelRequest;
  readonly response: ChannelResponse;
  readonly connection: Connection;
}

/** An open channel with all that belongs to it. */
export interface Opened {
  readonly channel: Channel;
  readonly registry: PeerRegistry;
  readonly directory: RuntimeDirectory;
  readonly scheduler: ManualScheduler;
  /** Calls to /wait, which nobody answers, in order. */
  readonly waiting: Call[];
  /** Connections that were refused, in order. */
  readonly refused: string[];
  /** Calls that reached the handler. */
  calls(): number;
}

const opened = new Set<Opened>();
const directories = new Set<RuntimeDirectory>();

afterEach(async () => {
  for (const { channel, registry } of opened) {
    await channel.close();
    registry.close();
  }
  opened.clear();
  for (const directory of directories) directory.release();
  directories.clear();
});

/** A runtime directory, released after the test. */
export function openDirectory(
  path: string = join(temporaryDirectory(), "run"),
): RuntimeDirectory {
  const directory = openRuntimeDirectory({ path, userId, binding });
  directories.add(directory);
  return directory;
}

/**
 * A channel whose handler says who calls it: number, pid, HTTP version and
 * path. /wait is left unanswered, /big answers 8 MiB.
 */
export async function open(
  options: Partial<ChannelOptions> = {},
): Promise<Opened> {
  const registry =
    options.registry ?? createPeerRegistry({ source: createLinuxSource(real) });
  const directory = options.directory ?? openDirectory();
  const scheduler = createManualScheduler();
  const waiting: Call[] = [];
  const refused: string[] = [];
  let calls = 0;
  const channel = await openChannel({
    directory,
    path: join(directory.path, "broker.sock"),
    registry,
    scheduler,
    onRefused: (refusal) => refused.push(refusal),
    handler(request, response, connection) {
      calls += 1;
      request.resume();
      const { number, pid } = connection.peer;
      const { url, httpVersion } = request;
      if (url === "/wait") {
        waiting.push({ request, response, connection });
        return;
      }
      const answer =
        url === "/big"
          ? Buffer.alloc(8 << 20)
          : `${number} ${pid} ${httpVersion} ${url}`;
      // Not before the request is here: some clients wait for ever then.
      request.once("end", () => response.end(answer as never));
    },
    ...options,
  });
  const result: Opened = {
    channel,
    registry,
    directory,
    scheduler,
    waiting,
    refused,
    calls: () => calls,
  };
  opened.add(result);
  return result;
}

/** What a calling program says. */
export type HttpEvent = Record<string, unknown> & { readonly id: number };

/** A program that calls. */
export interface HttpCaller {
  readonly pid: number;
  readonly child: ChildProcess;
  tell(command: HttpCommand): void;
  /** The next event of a connection, others kept; with `key`, the next that has it. */
  event(id: number, key?: string): Promise<HttpEvent>;
  /** Give a command and take the next event of its connection. */
  ask(command: HttpCommand, key?: string): Promise<HttpEvent>;
}

/** Start a program that calls. */
export async function startHttpCaller(
  options: Parameters<typeof talk>[1] = {},
): Promise<HttpCaller> {
  const fixture = new URL("./http-caller.fixture.ts", import.meta.url);
  const program = talk([fileURLToPath(fixture)], options);
  await program.next();
  const kept: HttpEvent[] = [];
  const event = async (id: number, key?: string): Promise<HttpEvent> => {
    const isIt = (one: HttpEvent) =>
      one.id === id && (key === undefined || key in one);
    const index = kept.findIndex(isIt);
    if (index >= 0) return kept.splice(index, 1)[0] as HttpEvent;
    for (;;) {
      const next = (await program.next()) as HttpEvent;
      if (isIt(next)) return next;
      kept.push(next);
    }
  };
  return {
    pid: program.child.pid,
    child: program.child,
    tell: program.tell,
    event,
    ask(command, key) {
      program.tell(command);
      return event(command.id, key);
    },
  };
}

/** Bytes as a command carries them. */
export function base64(bytes: string | Uint8Array): string {
  return Buffer.from(bytes as string).toString("base64");
}

/** The fields of a call to /a, as HTTP/2 has them. */
export const callFields: Buffer = headerBlock([
  [":method", "POST"],
  [":path", "/a"],
  [":scheme", "http"],
  [":authority", "x"],
]);
