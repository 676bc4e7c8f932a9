// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The C caller: where it is, or why there is none. */
export type NativeCaller =
  | { readonly path: string }
  | { readonly missing: string };

/** What brings a compiler. */
export const compilerAdvice = "a C compiler (apt-get install gcc)";

const source = fileURLToPath(new URL("../../native/caller.c", import.meta.url));
const compilers = ["cc", "gcc", "clang"];
const options = ["-O1", "-pthread"];

/**
 * The C caller, compiled unless that was done before: the folder keeps it under
 * the digest of its source. By default the folder is one of this user alone,
 * in the system's folder for temporary files.
 */
export function nativeCaller(
  folder?: string,
  names: readonly string[] = compilers,
): NativeCaller {
  if (process.platform !== "linux" && process.platform !== "darwin") {
    return { missing: `Linux or macOS (this is ${process.platform})` };
  }
  const place = folder ?? cacheFolder();
  if (typeof place !== "string") return place;
  const digest = createHash("sha256")
    .update(options.join(" "))
    .update(readFileSync(source))
    .digest("hex");
  const path = join(place, `caller-${process.arch}-${digest.slice(0, 16)}`);
  if (existsSync(path)) return { path };
  // Under a name of its own until it is whole: others may look for it too.
  const made = `${path}.${randomUUID()}`;
  let why = compilerAdvice;
  for (const compiler of names) {
    try {
      execFileSync(compiler, [...options, "-o", made, source], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      renameSync(made, path);
      return { path };
    } catch (error) {
      rmSync(made, { force: true });
      // A number: it ran.
      const { status, stderr } = error as { status?: unknown; stderr?: Buffer };
      if (typeof status === "number") {
        why = `a C compiler that works: ${compiler} says ${String(stderr).slice(0, 500)}`;
      }
    }
  }
  return { missing: why };
}

/** A folder that nobody else can write to: what lies in it will be run. */
function cacheFolder(): string | { readonly missing: string } {
  const user = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `assent-conformance-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const isOurs = found.isDirectory() && found.uid === user;
  return isOurs && (found.mode & 0o077) === 0
    ? folder
    : { missing: `${folder} for this user alone (remove it)` };
}
