// SPDX-License-Identifier: Apache-2.0
import type { Socket } from "node:net";
import type { Channel, Connection } from "../channel/connection.ts";
import type { Log } from "../log/log.ts";
import type { PeerRegistry } from "../peer/registry.ts";
import type { Scheduler } from "../peer/scheduler.ts";
import type { Prompts } from "../prompt/prompts.ts";
import { createShowing } from "../prompt/showing.ts";
import { createSurfaceLauncher } from "../surface/launcher.ts";
import { surfaceEnvironment } from "../surface/surface-environment.ts";
import type { OwnerAccess } from "./owner-access.ts";
import type { Granted } from "./parts.ts";

/** The program that the broker starts when nobody shows a prompt. */
export interface SurfaceProgram {
  /** Of our own installation: an absolute path, and arguments. */
  readonly command: readonly string[];
  /** It opens a browser: only while the setting "web surface" is on. It ends itself. */
  readonly isWeb: boolean;
}

/** Who shows prompts: other surfaces, and the broker's own where there is none. */
export interface Surfaces {
  /** A trusted connection says that this prompt is on screen, whole. */
  shown(promptId: string, connection: Connection): void;
  /** The broker's own ends. */
  stop(): Promise<void>;
}

/** What surfaces depend on. */
export interface SurfacesOptions {
  readonly program: SurfaceProgram | undefined;
  readonly prompts: Prompts<Granted>;
  readonly scheduler: Scheduler;
  readonly registry: PeerRegistry;
  /** The owner channel, once it is open. */
  readonly channel: () => Channel | undefined;
  readonly access: OwnerAccess;
  readonly isWebWanted: () => boolean;
  readonly log: Log;
}

/** Follow what is shown; start our own surface for what nobody shows within two seconds (T42, T43). */
export function createSurfaces(options: SurfacesOptions): Surfaces {
  const { program, prompts, scheduler, registry, access, log } = options;
  const own = new WeakSet<Connection>();
  const known = new WeakSet<Connection>();

  const adopt = (socket: Socket, pid: number) => {
    const lease = registry.admitChild(pid);
    const connection =
      typeof lease === "string"
        ? undefined
        : options.channel()?.adopt(socket, lease.peer);
    if (typeof lease === "string" || connection === undefined) {
      socket.destroy();
      return;
    }
    connection.closed.addEventListener("abort", () => lease.release());
    own.add(connection);
    access.trust(connection);
  };
  const launcher =
    program &&
    createSurfaceLauncher({
      command: program.command,
      environment: surfaceEnvironment(process.env),
      endsItself: program.isWeb,
      scheduler,
      adopt,
      report: {
        started: (pid) => log.info("surface-started", { pid }),
        ended: (code, detail) =>
          code === 0 || (code === undefined && detail === undefined)
            ? log.info("surface-ended")
            : log.warn("surface-failed", {
                code: code === undefined ? detail : String(code),
              }),
        said: (line) => log.warn("surface-said", { detail: line }),
      },
    });
  const pending = () => prompts.pending().map(({ id }) => id);
  const showing = createShowing({
    pending,
    after: (delayMs, task) => scheduler.after(delayMs, task),
    onUnseen(promptIds, isNew) {
      if (isNew) log.info("prompt-unseen", { count: promptIds.length });
      if (program?.isWeb && !options.isWebWanted()) return;
      launcher?.wanted(promptIds);
    },
  });
  const stopListening = prompts.listen({
    changed() {
      showing.changed();
      launcher?.busy(pending().length > 0);
    },
    ended() {},
  });

  return {
    shown(promptId, connection) {
      if (!known.has(connection)) {
        known.add(connection);
        connection.closed.addEventListener("abort", () =>
          showing.left(connection),
        );
      }
      if (own.has(connection)) launcher?.worked();
      showing.shown(promptId, connection);
    },
    async stop() {
      stopListening();
      showing.stop();
      await launcher?.stop();
    },
  };
}
