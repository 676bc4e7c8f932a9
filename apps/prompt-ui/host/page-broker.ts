// SPDX-License-Identifier: Apache-2.0
import { AccountService } from "@assent/protocol/owner";
import type { DescMethod } from "@bufbuild/protobuf";
import type { OwnerConnection } from "./owner-connection.ts";
import { createPageAccesses } from "./page-access.ts";
import { pageOver } from "./page-over.ts";

/** The broker as one page reaches it. */
export interface PageBroker {
  /** Whether prompts may be watched already. */
  readonly isOpen: boolean;
  /** Resolves when they may. */
  readonly opened: Promise<void>;
  /** Aborted when the broker is gone, for this page. */
  readonly lost: AbortSignal;
  /** The connection for a call. @throws ConnectError when this page may not make it */
  admit(method: DescMethod, request: object): Promise<OwnerConnection>;
  /** The broker did as it was asked. */
  done(method: DescMethod, request: object): void;
  close(): void;
}

/**
 * Pages of the surface that the broker started: one trusted connection, and
 * what each page authenticated for kept apart.
 */
export function sharedBroker(
  connection: OwnerConnection,
  now: () => number,
): () => PageBroker {
  const newAccess = createPageAccesses(now);
  return () => {
    const access = newAccess();
    return {
      isOpen: true,
      opened: Promise.resolve(),
      lost: connection.lost,
      async admit(method, request) {
        if (connection.lost.aborted) throw pageOver("offline");
        access.judge(method, request);
        return connection;
      },
      done: access.done,
      close: access.close,
    };
  };
}

/**
 * A page of `assent ui`: a connection of its own, which is trusted once the
 * user signed in on it. Before, nothing hangs on the connection, so one that
 * the broker closed for its silence is made again. `onGone`: it could not be,
 * or a connection that was signed in on is lost.
 */
export function ownBroker(
  connect: () => Promise<OwnerConnection>,
  onGone: () => void,
): PageBroker {
  const lost = new AbortController();
  let connection: Promise<OwnerConnection> | undefined;
  let isOpen = false;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const lose = () => {
    connection = undefined;
    if (lost.signal.aborted) return;
    lost.abort();
    onGone();
  };
  const reach = (): Promise<OwnerConnection> => {
    connection ??= connect().then(
      (made) => {
        made.lost.addEventListener("abort", () => {
          connection = undefined;
          if (isOpen) lose();
          // Gone, or was it only silent?
          else if (!lost.signal.aborted) reach().catch(() => {});
        });
        return made;
      },
      () => {
        lose();
        throw pageOver("offline");
      },
    );
    return connection;
  };
  return {
    get isOpen() {
      return isOpen;
    },
    opened,
    lost: lost.signal,
    async admit() {
      if (lost.signal.aborted) throw pageOver("offline");
      return reach();
    },
    done(method) {
      if (method !== AccountService.method.authenticate) return;
      isOpen = true;
      open();
    },
    close() {
      lost.abort();
      void connection?.then(
        (made) => made.close(),
        () => {},
      );
    },
  };
}
