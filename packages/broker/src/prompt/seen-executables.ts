// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

/** Executables whose prompt the user has answered before; a hint for people, no authority. */
export interface SeenExecutables {
  has(path: Uint8Array, sha256: Uint8Array): boolean;
  add(path: Uint8Array, sha256: Uint8Array): void;
}

/** Where the marks are kept. Neither may throw: a lost mark costs a warning, nothing else. */
export interface MarkStore {
  load(): readonly string[];
  save(marks: readonly string[]): void;
}

/** Keep the newest marks, so that the file cannot grow for ever. */
const most = 4096;

/** Remember executables by a hash of path and content. */
export function createSeenExecutables(store: MarkStore): SeenExecutables {
  const marks = new Set(store.load());
  return {
    has: (path, sha256) => marks.has(mark(path, sha256)),
    add(path, sha256) {
      const one = mark(path, sha256);
      if (marks.has(one)) return;
      marks.add(one);
      for (const old of marks) {
        if (marks.size <= most) break;
        marks.delete(old);
      }
      store.save([...marks]);
    },
  };
}

function mark(path: Uint8Array, sha256: Uint8Array): string {
  return createHash("sha256")
    .update(path)
    .update("\0")
    .update(sha256)
    .digest("base64url");
}
