// SPDX-License-Identifier: Apache-2.0
import { AccountError } from "./account/accounts.ts";
import { ActivityError } from "./activity/activity.ts";
import { ChannelError } from "./channel/channel-error.ts";
import { LogFileError } from "./log/log-file.ts";
import { PlatformError } from "./peer/platform.ts";
import { SettingsError } from "./settings/settings.ts";
import { FileRefusal } from "./vault/native-refusal.ts";

/**
 * What kind of thing keeps the broker from starting. `configuration`: a place,
 * a file or a setting is not as it must be. `in-use`: somebody else has the
 * place. `platform`: the system lacks something. `fault`: an error of ours.
 */
export type StartFault = "configuration" | "in-use" | "platform" | "fault";

/** The broker did not start. The message is one line: what is wrong, and what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly fault: StartFault;
  constructor(fault: StartFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** Whatever kept the broker from starting, as one line. The only place where they are translated. */
export function toStartError(error: unknown): StartError {
  if (error instanceof StartError) return error;
  if (error instanceof RangeError) {
    return new StartError("configuration", error.message, error);
  }
  if (error instanceof ChannelError) {
    const inUse =
      error.fault === "broker-running" || error.fault === "endpoint-occupied";
    return new StartError(
      inUse ? "in-use" : "configuration",
      error.message,
      error,
    );
  }
  if (error instanceof PlatformError) {
    return new StartError("platform", error.message, error);
  }
  if (
    error instanceof AccountError ||
    error instanceof ActivityError ||
    error instanceof FileRefusal
  ) {
    const fault = error.failure === "busy" ? "in-use" : "configuration";
    return new StartError(fault, error.message, error);
  }
  if (error instanceof SettingsError || error instanceof LogFileError) {
    return new StartError("configuration", error.message, error);
  }
  return fromSystem(error);
}

const advice: Readonly<Record<string, string>> = {
  EACCES: "you may not use it: see to whose it is and to its mode",
  EPERM: "you may not use it: see to whose it is and to its mode",
  EROFS:
    "it is on a file system that cannot be written to: use another with --home",
  ENOSPC: "there is no room on the disk: make some",
  EDQUOT: "your quota is used up: make room",
  EFBIG: "files may not become that long: see to ulimit -f",
  ENOTDIR: "something on the way is no directory: move it away",
  EEXIST: "something else is there: move it away",
  ENOENT: "it, or what it leads to, is not there",
  ELOOP: "it is a link, or a circle of links: move it away",
  ENAMETOOLONG: "its path is too long: use a shorter one with --home",
  EMFILE: "too many files are open: see to ulimit -n",
  ENFILE: "too many files are open on this system",
  EIO: "the disk does not answer as it should: see to it",
  EADDRINUSE: "something else is there: move it away",
};

function fromSystem(error: unknown): StartError {
  const { code, path, dest } = error as {
    code?: unknown;
    path?: unknown;
    dest?: unknown;
  };
  const place = dest ?? path;
  if (typeof place === "string" && place.includes("assent-check-")) {
    return new StartError(
      "configuration",
      `the directory for temporary files cannot be used (${code}): see to TMPDIR`,
      error,
    );
  }
  if (typeof code !== "string" || typeof place !== "string") {
    return new StartError("fault", "the broker did not start", error);
  }
  return new StartError(
    "configuration",
    `${place} cannot be used (${code}): ${advice[code] ?? "see to the system"}`,
    error,
  );
}
