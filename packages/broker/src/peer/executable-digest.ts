// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Lane } from "./lane.ts";

/** SHA-256 of files that run. */
export interface ExecutableDigests {
  /**
   * Digest of the file behind an open descriptor of any kind, never of what
   * lies at its path by now. Undefined when it is not ready in time; it goes
   * on, and a later call finds it.
   */
  of(descriptor: number): Promise<Uint8Array | undefined>;
}

const remembered = 256;
const chunkBytes = 1024 * 1024;
const largestBytes = 1024n * 1024n * 1024n;

/** Digests that are remembered while device, inode, size and times of a file stay the same. */
export function createExecutableDigests(lane: Lane): ExecutableDigests {
  const known = new Map<string, Uint8Array>();

  async function read(descriptor: number): Promise<Uint8Array | undefined> {
    const file = await open(`/proc/self/fd/${descriptor}`, "r");
    try {
      const before = await file.stat({ bigint: true });
      if (!before.isFile() || before.size > largestBytes) return undefined;
      const key = contentKey(before);
      const seen = known.get(key);
      if (seen !== undefined) return seen;
      const digest = await hash(file);
      const after = await file.stat({ bigint: true });
      if (contentKey(after) !== key) return undefined;
      known.set(key, digest);
      for (const oldest of known.keys()) {
        if (known.size <= remembered) break;
        known.delete(oldest);
      }
      return digest;
    } finally {
      await file.close();
    }
  }

  return { of: (descriptor) => lane.run(() => read(descriptor)) };
}

async function hash(file: FileHandle): Promise<Uint8Array> {
  const hasher = createHash("sha256");
  const chunk = new Uint8Array(chunkBytes);
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length);
    if (bytesRead === 0) return new Uint8Array(hasher.digest());
    hasher.update(chunk.subarray(0, bytesRead));
  }
}

function contentKey(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(
    ":",
  );
}
