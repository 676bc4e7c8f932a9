// SPDX-License-Identifier: Apache-2.0
import { Socket } from "node:net";
import {
  PromptService,
  WatchPromptsRequestSchema,
  type WatchPromptsResponse,
} from "@assent/protocol/owner";
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createAttendance } from "./attendance.ts";
import { findDesktop } from "./desktop.ts";
import { type Host, startHost } from "./host.ts";
import { notify } from "./notification.ts";
import { ownerOver } from "./owner-connection.ts";
import { sharedBroker } from "./page-broker.ts";
import { createSignal } from "./signal.ts";
import { systemTime as time } from "./time.ts";
import { createWindows } from "./window.ts";

/** What a host is started with. */
export interface RunOptions {
  /** For bootstrap files and profiles: of the user, closed to others. */
  readonly directory: string;
  /** Built page. */
  readonly pageDirectory: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Where the broker hands a surface its end of the socket pair. */
const inherited = 3;

/**
 * The broker's own surface: trusted, since the broker started it. It comes with
 * a prompt that nobody shows, and goes when nobody needs it. Its exit code.
 *
 * @throws Error when it cannot serve, or was not started by a broker
 */
export async function runSurface(options: RunOptions): Promise<number> {
  const { directory, pageDirectory, signal } = options;
  const connection = ownerOver(new Socket({ fd: inherited }));
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener("abort", end);
  connection.lost.addEventListener("abort", end);
  const desktop = await findDesktop();
  const pageCame = createSignal();
  const host: Host = await startHost({
    pageDirectory,
    directory,
    newBroker: sharedBroker(connection, time.now),
    // Nobody would read it: what the broker is told it logs.
    hasCode: false,
    time,
    onPage: pageCame.give,
    onChange: () => attendance.pagesChanged(),
    onShown: (promptId) => attendance.shown(promptId),
  });
  const windows =
    desktop &&
    createWindows({
      desktop,
      directory,
      createBootstrap: host.createBootstrap,
      nextPage: pageCame.next,
      time,
    });
  const openWindow = async () => {
    const opened = await windows?.open();
    if (opened === undefined && !ending.signal.aborted) tell(unopened);
  };
  const attendance = createAttendance({
    time,
    pages: () => host.pages,
    idleMs: () => host.idleMs,
    openWindow: () => void openWindow(),
    notify: (prompt) => notify(desktop, prompt),
    onIdle: end,
  });
  try {
    const client = createClient(PromptService, connection.transport);
    const request = create(WatchPromptsRequestSchema, { surface: "web" });
    const changes: AsyncIterable<WatchPromptsResponse> = client.watchPrompts(
      request,
      { signal: ending.signal },
    );
    for await (const { prompts } of changes) attendance.prompts(prompts);
  } catch (error) {
    // Ended, by us or with the broker: the pages are told all the same.
    if (!ending.signal.aborted && !connection.lost.aborted) throw error;
  } finally {
    attendance.stop();
    await host.close();
    await windows?.close();
    connection.close();
  }
  return 0;
}

const unopened =
  "No browser could be opened to show a request. Answer it with: assent watch, or assent ui";

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
