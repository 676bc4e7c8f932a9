// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PeerBinding } from "./binding.ts";
import { createLinuxBinding } from "./linux-binding.ts";
import { socketDescriptor } from "./socket-descriptor.ts";

/** What is missing on this system. */
export type PlatformLack =
  | "operating-system"
  | "koffi"
  | "system-call"
  | "proc"
  | "boot-clock"
  | "socket-descriptor"
  | "peer-credentials"
  | "hardening";

/** The system lacks something that the broker does not run without; the message is one line for people. */
export class PlatformError extends Error {
  override readonly name: string = "PlatformError";
  readonly lack: PlatformLack;

  constructor(lack: PlatformLack, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.lack = lack;
  }
}

/** What {@link createBinding} asks for; a test brings its own. */
export interface BindingSources {
  readonly platform: string;
  readonly loadKoffi: () => Promise<typeof import("koffi")>;
}

/**
 * The binding of this operating system. There is no weaker one: where it
 * cannot be had, nobody can be told apart, and the broker does not start.
 *
 * @throws PlatformError
 */
export async function createBinding(
  sources: BindingSources = {
    platform: process.platform,
    loadKoffi: () => import("koffi"),
  },
): Promise<PeerBinding> {
  if (sources.platform !== "linux") {
    throw new PlatformError(
      "operating-system",
      `the broker cannot tell programs apart on ${sources.platform} yet: it runs on Linux`,
    );
  }
  const koffi = await sources.loadKoffi().catch((cause: unknown) => {
    throw new PlatformError(
      "koffi",
      `koffi, which makes the system calls, does not load on ${process.platform} ${process.arch}: install with optional dependencies`,
      cause,
    );
  });
  return attempt(
    "system-call",
    "the C library lacks a system call that the broker needs",
    () => createLinuxBinding(koffi),
  );
}

/**
 * Tries everything a capture depends on, on a real connection to ourselves;
 * to be awaited before any channel opens.
 *
 * @throws PlatformError naming the first thing that does not work.
 */
export async function checkPlatform(
  binding: PeerBinding,
  procDirectory = "/proc",
): Promise<void> {
  attempt("proc", `${procDirectory} cannot be read: is it mounted?`, () => {
    readFileSync(`${procDirectory}/self/stat`);
    readFileSync(`${procDirectory}/self/fdinfo/0`);
  });
  attempt(
    "proc",
    `${procDirectory} tells of other processes than those that connect: mount it anew in the broker's PID namespace`,
    () => {
      // Numbers there must mean what they mean on a socket.
      if (readlinkSync(`${procDirectory}/self`) !== `${process.pid}`) {
        throw new RangeError();
      }
    },
  );
  attempt(
    "boot-clock",
    "the clock that counts since boot cannot be read",
    () => {
      const before = binding.bootTimeMs();
      if (!(before > 0) || binding.bootTimeMs() < before)
        throw new RangeError();
    },
  );
  await withConnection((descriptor) => {
    if (descriptor === undefined) {
      throw new PlatformError(
        "socket-descriptor",
        `Node ${process.version} does not tell the descriptor of a socket`,
      );
    }
    attempt(
      "peer-credentials",
      "the system does not tell who connects to a Unix socket",
      () => {
        if (binding.peerCredentials(descriptor).pid !== process.pid) {
          throw new RangeError();
        }
      },
    );
  });
}

/** Whether the kernel pins who connects; without, identity is weaker, and prompts say so. */
export async function hasPeerPidfd(binding: PeerBinding): Promise<boolean> {
  try {
    await withConnection((descriptor) =>
      closeSync(binding.peerPidfd(descriptor ?? -1)),
    );
    return true;
  } catch {
    return false;
  }
}

/** Looks at a connection to ourselves, as it was accepted. */
async function withConnection(
  look: (descriptor: number | undefined) => void,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "assent-check-"));
  try {
    await withAccepted(join(directory, "s"), look);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function attempt<T>(lack: PlatformLack, message: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw new PlatformError(lack, message, cause);
  }
}

function withAccepted(
  path: string,
  look: (descriptor: number | undefined) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((accepted) => {
      try {
        look(socketDescriptor(accepted));
        resolve();
      } catch (error) {
        reject(error);
      } finally {
        accepted.destroy();
        server.close();
      }
    });
    server.once("error", reject);
    server.listen(path, () => connect(path).once("error", reject));
  });
}
