// SPDX-License-Identifier: Apache-2.0
import { open, readFile, readlink } from "node:fs/promises";
import { posix } from "node:path";
import type { PeerBinding } from "./binding.ts";
import { claimedScript } from "./claimed-script.ts";
import type { Lane } from "./lane.ts";
import type { PeerClaims } from "./peer.ts";
import { parseProcessStat } from "./proc-text.ts";
import { isInterpreter } from "./program-kinds.ts";

const argumentBytes = 4096;
const mostParents = 8;

/** No claims: what is known of a process that tells nothing. */
export const noClaims: PeerClaims = {
  script: new Uint8Array(),
  workingDirectory: new Uint8Array(),
  arguments: [],
  startedBy: [],
};

/**
 * What a process says of itself. Nothing here is looked up or checked: the
 * script's path is text, and parents are who they are now.
 *
 * @param directory /proc/PID, open
 * @param executable basename of what runs
 */
export async function readClaims(
  binding: PeerBinding,
  memory: Lane,
  directory: number,
  executable: string,
): Promise<PeerClaims> {
  const at = `/proc/self/fd/${directory}`;
  const [commandLine, startedBy] = await Promise.all([
    memory.run(() => readStart(`${at}/cmdline`, argumentBytes)),
    readParents(at),
  ]);
  const workingDirectory = readLinkOrNone(binding, directory, "cwd");
  const args = splitArguments(commandLine ?? new Uint8Array());
  const script = isInterpreter(executable)
    ? claimedScript(
        executable,
        args.map((arg) => latin(arg)),
        latin(workingDirectory),
      )
    : "";
  return {
    script: bytes(script),
    workingDirectory,
    arguments: args,
    startedBy,
  };
}

/** Name of a process: of its file, or where that is not for us to see, the name it gave itself; raw. */
export async function processName(at: string): Promise<Uint8Array> {
  const file = await readlink(`${at}/exe`, "latin1").catch(() => "");
  if (file !== "")
    return bytes(posix.basename(file).replace(/ \(deleted\)$/, ""));
  const stat = await readFile(`${at}/stat`, "latin1").catch(() => "");
  return bytes(stat === "" ? "" : parseProcessStat(stat).comm);
}

/** At most `most` bytes from the start of a file that does not know its size. */
export async function readStart(
  path: string,
  most: number,
): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const buffer = new Uint8Array(most);
    let length = 0;
    while (length < most) {
      const { bytesRead } = await file.read(
        buffer,
        length,
        most - length,
        null,
      );
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

async function readParents(at: string): Promise<readonly Uint8Array[]> {
  const names: Uint8Array[] = [];
  let process = at;
  while (names.length < mostParents) {
    const stat = await readFile(`${process}/stat`, "latin1").catch(() => "");
    const parent = stat === "" ? 0 : parseProcessStat(stat).parentPid;
    if (parent <= 0) break;
    process = `/proc/${parent}`;
    const name = await processName(process);
    if (name.length === 0) break;
    names.push(name);
  }
  return names;
}

function splitArguments(commandLine: Uint8Array): readonly Uint8Array[] {
  const args: Uint8Array[] = [];
  for (let start = 0; start < commandLine.length; ) {
    const found = commandLine.indexOf(0, start);
    const end = found < 0 ? commandLine.length : found;
    args.push(commandLine.slice(start, end));
    start = end + 1;
  }
  return args;
}

function readLinkOrNone(
  binding: PeerBinding,
  directory: number,
  name: string,
): Uint8Array {
  try {
    return binding.readLink(directory, name);
  } catch {
    return new Uint8Array();
  }
}

// One character a byte, both ways: paths and arguments need not be UTF-8.
function latin(raw: Uint8Array): string {
  return Buffer.from(raw).toString("latin1");
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}
